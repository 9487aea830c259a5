/** Dates as h5ls prints them: `2016-07-30 21:35:25 UTC`. */

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** @param isUtc - Universal time instead of the time of this place. */
export function dateText(seconds: number, isUtc: boolean): string {
  const date = new Date(seconds * 1000);
  // With the offset taken off, the universal fields are those of local time.
  const offset = isUtc ? 0 : date.getTimezoneOffset();
  const local = new Date(date.getTime() - offset * 60_000);
  const day = `${local.getUTCFullYear()}-${pad(local.getUTCMonth() + 1)}-${pad(local.getUTCDate())}`;
  const time = `${pad(local.getUTCHours())}:${pad(local.getUTCMinutes())}:${pad(local.getUTCSeconds())}`;
  return `${day} ${time} ${isUtc ? "GMT" : zoneName(date)}`;
}

/** Making one takes far longer than using it. */
let zoneFormat: Intl.DateTimeFormat | undefined;

function zoneName(date: Date): string {
  zoneFormat ??= new Intl.DateTimeFormat("en-US", { timeZoneName: "short" });
  const parts = zoneFormat.formatToParts(date);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "UTC";
}
