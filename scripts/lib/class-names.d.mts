/** @param dist - The folder of the package as it was built, whose files are changed. */
export function nameClasses(dist: string): void;
/** Text of a module in which classes have the names of their variables. */
export function named(text: string): string;
