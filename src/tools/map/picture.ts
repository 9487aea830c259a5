/**
 * The map of a file as a picture: its bytes in rows from left to right, coloured by kind. Pointing at a piece names its
 * structure and owner.
 */
import { type SpaceKind, spaceKindName } from "../../engine/space-map/space-kinds.ts";
import type { SpaceMap, SpaceRegion } from "../../engine/space-map/space-map.ts";
import { HATCHED, KIND_COLORS, textColor } from "./colors.ts";
import { kindTotals, percentText } from "./summary.ts";

const MARGIN = 24;
const LABEL_WIDTH = 84;
const ROW_WIDTH = 1024;
const ROW_HEIGHT = 18;
const ROW_STEP = 22;
const MAX_ROWS = 64;
const LEAST_ROW_BYTES = 64;
const TITLE_HEIGHT = 62;
const LEGEND_STEP = 20;
const LEGEND_COLUMNS = 3;
/** Pieces narrower than this share one bar. */
const LEAST_BAR = 1.5;
/** Width of a character of the labels. */
const CHARACTER = 5.4;
/** Structures named in the title of a bar that several share. */
const NAMED_PIECES = 6;

/** Part of a row. */
interface Bar {
  readonly from: number;
  to: number;
  /** At least one. */
  readonly regions: SpaceRegion[];
}

export function mapAsSvg(path: string, map: SpaceMap): string {
  const rowBytes = bytesPerRow(map.byteLength);
  const rows = Math.max(1, Math.ceil(map.byteLength / rowBytes));
  const legend = kindTotals(map);
  const top = MARGIN + TITLE_HEIGHT;
  const legendTop = top + rows * ROW_STEP + 18;
  const height = legendTop + Math.ceil(legend.length / LEGEND_COLUMNS) * LEGEND_STEP + MARGIN;
  const width = 2 * MARGIN + LABEL_WIDTH + ROW_WIDTH;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-sans-serif, system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif">`,
    patterns(),
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    heading(path, map, rowBytes),
    rowLabels(top, rows, rowBytes),
    ...barsOf(map, rowBytes).map((bar) => barAsSvg(bar, rowBytes, top)),
    ...legend.map((total, i) => legendEntry(total, i, legendTop, map.byteLength)),
    "</svg>",
    "",
  ].join("\n");
}

/** A power of two, so that offsets of rows are round numbers. */
function bytesPerRow(byteLength: number): number {
  let bytes = LEAST_ROW_BYTES;
  while (bytes * MAX_ROWS < byteLength) bytes *= 2;
  return bytes;
}

function escapeXml(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}]/gu, (character) => (character === "\n" ? character : "\ufffd"))
    .replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function fillOf(kind: SpaceKind): string {
  return HATCHED[kind] === undefined ? KIND_COLORS[kind] : `url(#${kind})`;
}

function patterns(): string {
  const all = Object.entries(HATCHED).map(
    ([kind, line]) =>
      `<pattern id="${kind}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
      `<rect width="6" height="6" fill="${KIND_COLORS[kind as SpaceKind]}"/>` +
      `<line x1="0" y1="0" x2="0" y2="6" stroke="${line}" stroke-width="2"/></pattern>`,
  );
  return `<defs>${all.join("")}</defs>`;
}

function heading(path: string, map: SpaceMap, rowBytes: number): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const facts = [
    `${grouped(map.byteLength)} bytes`,
    `${grouped(map.regions.length)} pieces`,
    `${grouped(rowBytes)} bytes a row`,
  ];
  if (map.problems.length > 0) facts.push(`${map.problems.length} problems`);
  return (
    `<text x="${MARGIN}" y="${MARGIN + 18}" font-size="20" font-weight="600" fill="#14213d">${escapeXml(name)}</text>` +
    `<text x="${MARGIN}" y="${MARGIN + 40}" font-size="12" fill="#5c6770">${facts.join(" · ")}</text>`
  );
}

/** Digits in groups of three. */
function grouped(value: number): string {
  return `${value}`.replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

function rowLabels(top: number, rows: number, rowBytes: number): string {
  const labels: string[] = [];
  for (let row = 0; row < rows; row++) {
    const y = top + row * ROW_STEP + 13;
    labels.push(`<text x="${MARGIN + LABEL_WIDTH - 10}" y="${y}">${grouped(row * rowBytes)}</text>`);
  }
  const font = `font-size="10" fill="#5c6770" text-anchor="end" font-family="ui-monospace, 'DejaVu Sans Mono', monospace"`;
  return `<g ${font}>${labels.join("")}</g>`;
}

/** Regions cut at the ends of rows; narrow ones that follow one another are drawn as one. */
function barsOf({ regions }: SpaceMap, rowBytes: number): Bar[] {
  const least = (LEAST_BAR * rowBytes) / ROW_WIDTH;
  const bars: Bar[] = [];
  for (const region of regions) {
    const end = region.offset + region.byteLength;
    for (let from = region.offset; from < end; ) {
      const rowEnd = (Math.floor(from / rowBytes) + 1) * rowBytes;
      const to = Math.min(end, rowEnd);
      const last = bars[bars.length - 1];
      const sameRow = last !== undefined && last.from >= rowEnd - rowBytes;
      if (last !== undefined && sameRow && (last.to - last.from < least || to - from < least / 2)) {
        last.to = to;
        last.regions.push(region);
      } else bars.push({ from, to, regions: [region] });
      from = to;
    }
  }
  return bars;
}

function barAsSvg({ from, to, regions }: Bar, rowBytes: number, top: number): string {
  const row = Math.floor(from / rowBytes);
  const scale = ROW_WIDTH / rowBytes;
  const x = MARGIN + LABEL_WIDTH + (from - row * rowBytes) * scale;
  const y = top + row * ROW_STEP;
  const width = (to - from) * scale;
  const main = regions.reduce((most, region) => (region.byteLength > most.byteLength ? region : most));
  // What is wrong must not vanish among larger neighbours.
  const shown = regions.find(({ kind }) => kind === "doubly-owned") ?? main;
  const gap = width > 4 ? 0.75 : 0;
  const rectangle =
    `<rect x="${round(x)}" y="${y}" width="${round(Math.max(0.5, width - gap))}" height="${ROW_HEIGHT}" ` +
    `rx="${width > 8 ? 2 : 0}" fill="${fillOf(shown.kind)}"/>`;
  return `<g><title>${escapeXml(titleOf(regions))}</title>${rectangle}${labelOf(regions, x, y, width)}</g>`;
}

function round(value: number): string {
  return `${Math.round(value * 100) / 100}`;
}

function titleOf(regions: readonly SpaceRegion[]): string {
  const lines = regions
    .slice(0, NAMED_PIECES)
    .map(
      ({ what, owner, offset, byteLength }) =>
        `${what}${owner === "" ? "" : `\nof ${owner}`}\nbytes ${grouped(offset)} to ${grouped(offset + byteLength - 1)} (${grouped(byteLength)})`,
    );
  if (regions.length > NAMED_PIECES) lines.push(`and ${regions.length - NAMED_PIECES} more`);
  return lines.join("\n\n");
}

/** What a bar with room for it says: the structure's name, with its owner where that fits too. */
function labelOf(regions: readonly SpaceRegion[], x: number, y: number, width: number): string {
  const [first, ...others] = regions as [SpaceRegion, ...SpaceRegion[]];
  const { kind, what, owner } = first;
  const room = Math.floor((width - 10) / CHARACTER);
  const withOwner = (text: string): string => (owner === "" ? text : `${text} · ${owner}`);
  const name = what.replace(/( at \(|, ).*/, "");
  const texts = others.length > 0 ? [`${regions.length} pieces`] : [withOwner(what), withOwner(name), name];
  const text = texts.find(({ length }) => length <= room);
  if (text === undefined) return "";
  const color = HATCHED[kind] === undefined ? textColor(KIND_COLORS[kind]) : "#5c6770";
  return `<text x="${round(x + 5)}" y="${y + 12.5}" font-size="10" fill="${color}" pointer-events="none">${escapeXml(text)}</text>`;
}

function legendEntry(
  { kind, byteLength }: { readonly kind: SpaceKind; readonly byteLength: number },
  i: number,
  top: number,
  total: number,
): string {
  const columnWidth = (LABEL_WIDTH + ROW_WIDTH) / LEGEND_COLUMNS;
  const x = MARGIN + (i % LEGEND_COLUMNS) * columnWidth;
  const y = top + Math.floor(i / LEGEND_COLUMNS) * LEGEND_STEP;
  const numbers = `${grouped(byteLength)} bytes, ${percentText(byteLength, total)}`;
  return (
    `<g font-size="11.5"><rect x="${round(x)}" y="${y}" width="14" height="14" rx="3" fill="${fillOf(kind)}"/>` +
    `<text x="${round(x + 21)}" y="${y + 11}" fill="#1d2733">${spaceKindName(kind)} ` +
    `<tspan fill="#7a858d">${escapeXml(numbers)}</tspan></text></g>`
  );
}
