/** The map of a file as tables, for reading and as JSON. */
import { spaceKindName } from "../../engine/space-map/space-kinds.ts";
import type { SpaceMap, SpaceRegion } from "../../engine/space-map/space-map.ts";
import { byteText, escapeName } from "../byte-text.ts";
import type { TextOutput } from "../output.ts";
import { kindTotals, percentText } from "./summary.ts";

interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

const REGION_COLUMNS: readonly Column[] = [
  { title: "Offset", align: "right" },
  { title: "Bytes", align: "right" },
  { title: "Structure", align: "left" },
  { title: "Owner", align: "left" },
];

const SUMMARY_COLUMNS: readonly Column[] = [
  { title: "Kind", align: "left" },
  { title: "Pieces", align: "right" },
  { title: "Bytes", align: "right" },
  { title: "Share", align: "right" },
];

/** Characters that move the cursor would tear the table. */
export function printable(text: string): string {
  return /\p{Cc}/u.test(text) ? escapeName(byteText(text)) : byteText(text);
}

function printTable(columns: readonly Column[], rows: readonly (readonly string[])[], output: TextOutput): void {
  const widths = columns.map(({ title }, i) =>
    rows.reduce((most, row) => Math.max(most, (row[i] as string).length), title.length),
  );
  const print = (row: readonly string[]): void => {
    const cells = row.map((text, i) => {
      const width = widths[i] as number;
      if (columns[i]?.align === "right") return text.padStart(width);
      return i === row.length - 1 ? text : text.padEnd(width);
    });
    output.write(`${cells.join("  ").trimEnd()}\n`);
  };
  print(columns.map(({ title }) => title));
  print(widths.map((width, i) => "-".repeat(i === columns.length - 1 ? (columns[i] as Column).title.length : width)));
  for (const row of rows) print(row);
}

/** @param messages - Whether object headers are shown message by message. */
export function printRegions({ regions }: SpaceMap, messages: boolean, output: TextOutput): void {
  const rows = regions.flatMap((region) => {
    const row = [`${region.offset}`, `${region.byteLength}`, printable(region.what), printable(region.owner)];
    return messages ? [row, ...partRows(region)] : [row];
  });
  printTable(REGION_COLUMNS, rows, output);
}

function partRows({ offset, claims }: SpaceRegion): string[][] {
  const [claim, ...others] = claims;
  if (claim?.parts === undefined || others.length > 0) return [];
  let at = offset;
  return claim.parts.map(({ name, byteLength }) => {
    const row = [`${at}`, `${byteLength}`, `  ${name}`, ""];
    at += byteLength;
    return row;
  });
}

export function printSummary(map: SpaceMap, output: TextOutput): void {
  const rows = kindTotals(map).map(({ name, regions, byteLength }) => [
    name,
    `${regions}`,
    `${byteLength}`,
    percentText(byteLength, map.byteLength),
  ]);
  rows.push(["All", `${map.regions.length}`, `${map.byteLength}`, ""]);
  printTable(SUMMARY_COLUMNS, rows, output);
}

/** Regions without what follows from the rest: claims are shown where there are several. */
export function mapAsJson(path: string, map: SpaceMap, messages: boolean): string {
  const regions = map.regions.map(({ offset, byteLength, kind, owner, what, claims }) => ({
    offset,
    byteLength,
    kind,
    name: spaceKindName(kind),
    owner,
    what,
    ...(messages && claims.length === 1 && claims[0]?.parts && { parts: claims[0].parts }),
    ...(claims.length > 1 && { claims: claims.map((claim) => ({ kind: claim.kind, owner: claim.owner })) }),
  }));
  const { byteLength, baseAddress, problems } = map;
  return JSON.stringify({ file: path, byteLength, baseAddress, summary: kindTotals(map), regions, problems }, null, 1);
}
