/** A text that nobody else has, on any machine: no two files have the same, and no file has it twice. */
export function newIdentity(): string {
  const part = (): string => Math.floor(Math.random() * 2 ** 48).toString(36);
  return `${Date.now().toString(36)}-${part()}${part()}`;
}
