/** Seconds of runs as bars, in SVG. */
import type { Run } from "./transpose.ts";

const BAR_HEIGHT = 28;
const LEFT = 190;
const WIDTH = 400;

function escaped(text: string): string {
  return text.replace(/[<>&]/g, (letter) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;" })[letter] ?? letter);
}

export function chart(title: string, runs: readonly Run[]): string {
  const longest = Math.max(...runs.map((run) => run.seconds));
  const bars = runs.map(({ label, seconds, decoded }, i) => {
    const y = 40 + i * (BAR_HEIGHT + 12);
    const width = Math.max(1, (WIDTH * seconds) / longest);
    const text = `${seconds.toFixed(2)} s, ${decoded} chunks decompressed`;
    return `  <text x="${LEFT - 8}" y="${y + 19}" text-anchor="end">${escaped(label)}</text>
  <rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" fill="#4878a8"/>
  <text x="${(LEFT + width + 8).toFixed(1)}" y="${y + 19}">${text}</text>`;
  });
  const height = 52 + runs.length * (BAR_HEIGHT + 12);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${LEFT + WIDTH + 260}" height="${height}" font-family="sans-serif" font-size="13">
  <text x="10" y="22" font-size="15">${escaped(title)}</text>
${bars.join("\n")}
</svg>
`;
}
