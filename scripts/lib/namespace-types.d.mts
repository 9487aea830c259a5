/** A file of declarations with the members of its namespaces imported under the names that the namespaces have for them. */
export function withNamespaceTypes(text: string, commentOf?: (namespace: string) => string | undefined): string;
