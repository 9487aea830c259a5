export function withPlainNamespaces(text: string): string;
export function makeNamespacesPlain(dist: string): void;
