// The source map of a text whose parts were put into another order.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * @param map - Version 3, of `text`.
 * @param pieces - What the new text is joined from: new text, or parts `{start, end}` of the old.
 */
export function movedMap(map, text, pieces) {
  const lines = lineStarts(text);
  const segments = decoded(map.mappings).map(({ line, column, rest }) => ({ at: lines[line] + column, rest }));
  const moved = [];
  let newText = "";
  for (const piece of pieces) {
    const start = newText.length;
    newText += pieceText(text, piece);
    if (typeof piece === "string") continue;
    for (const { at, rest } of segments) {
      if (at >= piece.start && at < piece.end) moved.push({ at: start + at - piece.start, rest });
    }
  }
  return { ...map, mappings: encoded(moved, lineStarts(newText)) };
}

/** @param piece - New text, or a part `{start, end}` of the text that there was. */
export const pieceText = (text, piece) => (typeof piece === "string" ? piece : text.slice(piece.start, piece.end));

function lineStarts(text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** Each with its source, line, column and name there, as far as it has these. */
function decoded(mappings) {
  const values = [0, 0, 0, 0];
  return mappings.split(";").flatMap((text, line) => {
    let column = 0;
    const segments = text === "" ? [] : text.split(",");
    return segments.map((segment) => {
      const [step, ...rest] = numbersOf(segment);
      column += step;
      rest.forEach((difference, i) => {
        values[i] += difference;
      });
      return { line, column, rest: values.slice(0, rest.length) };
    });
  });
}

/** @param segments - By place. */
function encoded(segments, lines) {
  const values = [0, 0, 0, 0];
  const result = lines.map(() => []);
  let line = 0;
  let before = 0;
  for (const { at, rest } of segments) {
    while (line + 1 < lines.length && lines[line + 1] <= at) {
      line++;
      before = lines[line];
    }
    const differences = rest.map((value, i) => value - values[i]);
    rest.forEach((value, i) => {
      values[i] = value;
    });
    result[line].push([at - before, ...differences].map(digitsOf).join(""));
    before = at;
  }
  return result.map((each) => each.join(",")).join(";");
}

/** Five bits a digit, the lowest first, the sixth where more follow; the lowest bit of all is the sign. */
function numbersOf(segment) {
  const numbers = [];
  let value = 0;
  let shift = 0;
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if ((bits & 32) !== 0) continue;
    numbers.push((value & 1) !== 0 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

function digitsOf(number) {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let digits = "";
  do {
    const more = rest >> 5;
    digits += DIGITS[(rest & 31) | (more > 0 ? 32 : 0)];
    rest = more;
  } while (rest > 0);
  return digits;
}
