/** Names of members that no module asks for. */
export function unreadNames(texts: Iterable<string>, inner: readonly string[]): Set<string>;

/** The text of a module without entries of literals that have such a name. */
export function withoutUnread(text: string, unread: ReadonlySet<string>): string;
