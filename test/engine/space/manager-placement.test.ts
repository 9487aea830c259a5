import fc from "fast-check";
import { expect, test } from "vitest";
import { Allocator } from "../../../src/engine/space/allocator.ts";
import { ManagerPlacement, type ManagerSizes, NOTHING } from "../../../src/engine/space/manager-placement.ts";
import { PagedAllocator } from "../../../src/engine/space/paged-allocator.ts";
import type { FreeListKind, ListedSection, SpaceAllocator } from "../../../src/engine/space/space-allocator.ts";

/** As in a file with addresses of 8 bytes and fewer than 256 sections. */
const sizes: ManagerSizes = {
  header: 82,
  list: (sections, { ofNewSize, ofKnownSize }) => {
    const kinds = new Set(sections.map(({ byteLength }) => byteLength)).size + ofNewSize;
    return 17 + 9 * kinds + 9 * (sections.length + ofNewSize + ofKnownSize);
  },
};

type Sections = readonly (readonly [list: FreeListKind, address: number, byteLength: number])[];

function listed(sections: Sections): ListedSection[] {
  return sections.map(([list, address, byteLength]) => ({ list, address, byteLength }));
}

/** Places managers, and checks that no byte is two things. @returns bytes that are nothing. */
function lostBytes(allocator: SpaceAllocator, sections: Sections): number {
  allocator.addFreeSections(listed(sections));
  const freeBefore = allocator.freeBytes;
  const endBefore = allocator.endOfAllocation;
  const storage = {
    allocator,
    allocate: allocator.allocate.bind(allocator),
    release: allocator.release.bind(allocator),
  };
  const managers = new ManagerPlacement(storage, sizes).place();
  const left = allocator.freeSections();
  const spans = [
    ...left.map(({ address, byteLength }) => [address, byteLength] as const),
    ...managers.map(({ headerAddress }) => [headerAddress, sizes.header] as const),
    ...managers.map(({ listAddress, listByteLength }) => [listAddress, listByteLength] as const),
  ].sort(([a], [b]) => a - b);
  spans.forEach(([address, byteLength], i) => {
    expect(address + byteLength).toBeLessThanOrEqual(spans[i + 1]?.[0] ?? allocator.endOfAllocation);
  });
  const bytes = spans.reduce((sum, [, byteLength]) => sum + byteLength, 0);
  expect(bytes).toBe(freeBefore + allocator.endOfAllocation - endBefore);
  let lost = 0;
  for (const { list, listByteLength } of managers) {
    const needed = sizes.list(
      left.filter((section) => section.list === list),
      NOTHING,
    );
    expect(listByteLength).toBeGreaterThanOrEqual(needed);
    lost += listByteLength - needed;
  }
  for (const { list } of left) expect(managers.map((manager) => manager.list)).toContain(list);
  return lost;
}

const inList = (list: FreeListKind, sections: readonly (readonly [address: number, byteLength: number])[]): Sections =>
  sections.map(([address, byteLength]) => [list, address, byteLength]);

/** Where giving each list what it lacks, over and over, never comes to an end. */
const STUBBORN: readonly { page: number | undefined; end: number; sections: Sections }[] = [
  {
    page: 512,
    end: 10240,
    sections: [
      ["metadata", 499, 13],
      ["metadata", 1023, 1],
      ["metadata", 1519, 17],
      ["metadata", 1657, 270],
      ["metadata", 2041, 7],
      ["metadata", 5425, 207],
    ],
  },
  {
    page: 4096,
    end: 20480,
    sections: [
      ["metadata", 1582, 234],
      ["metadata", 2874, 25],
      ["metadata", 3209, 21],
      ["metadata", 4087, 9],
      ["raw", 4381, 3811],
      ["metadata", 12241, 47],
      ["metadata", 17496, 136],
      ["metadata", 17768, 2712],
    ],
  },
  {
    page: 4096,
    end: 12288,
    sections: [
      ["metadata", 407, 157],
      ["metadata", 1113, 157],
      ["metadata", 1564, 2532],
      ["raw", 4096, 168],
      ["raw", 4456, 96],
      ["raw", 4552, 3640],
    ],
  },
  {
    page: 512,
    end: 32768,
    sections: [
      ["metadata", 3926, 170],
      ["raw", 4104, 4088],
      ["metadata", 15872, 512],
    ],
  },
  {
    page: 512,
    end: 5120,
    sections: [
      ...inList("metadata", [
        [1, 1],
        [513, 1],
        [515, 1],
        [517, 10],
        [528, 1],
        [530, 11],
        [542, 12],
        [572, 19],
        [2611, 34],
        [2664, 20],
        [2742, 51],
        [3589, 7],
        [3598, 8],
        [3625, 6],
        [3667, 33],
        [3732, 47],
        [3812, 16],
        [3869, 46],
        [3931, 37],
        [4015, 52],
        [4126, 40],
        [4175, 30],
        [4216, 39],
        [4293, 23],
        [4354, 37],
        [4426, 4],
        [4473, 57],
        [4565, 16],
      ]),
      ...inList("raw", [
        [1046, 2],
        [1104, 18],
        [1176, 38],
        [1545, 49],
        [1614, 27],
        [1676, 29],
        [1756, 51],
        [2101, 14],
        [2161, 57],
        [2231, 2],
        [2253, 6],
        [2282, 5],
        [2288, 37],
        [3102, 21],
      ]),
    ],
  },
  {
    page: 512,
    end: 4608,
    sections: [
      ...inList("metadata", [
        [1083, 10],
        [1136, 39],
        [1203, 48],
        [1304, 10],
        [1322, 13],
        [1359, 57],
        [1475, 30],
        [2108, 58],
        [2222, 20],
        [2297, 20],
        [2346, 13],
        [2407, 42],
        [2485, 8],
        [2543, 17],
        [3113, 10],
        [3179, 48],
        [3245, 53],
        [3346, 33],
        [3423, 43],
        [3479, 5],
        [3524, 51],
        [3576, 8],
        [3623, 8],
        [3687, 47],
        [3789, 37],
        [3855, 51],
        [3907, 7],
        [3952, 31],
        [4008, 44],
      ]),
      ...inList("raw", [
        [1, 1],
        [3, 18],
        [22, 19],
        [42, 20],
        [63, 21],
        [85, 7],
        [93, 8],
        [513, 22],
        [536, 6],
        [543, 12],
        [597, 31],
        [636, 4],
        [660, 5],
        [687, 36],
        [734, 16],
        [795, 17],
        [839, 10],
        [2618, 60],
        [2738, 60],
        [2845, 60],
        [2939, 41],
        [3002, 15],
      ]),
    ],
  },
];

test.each(STUBBORN)("every list gets just the space that it needs (%#)", ({ page, end, sections }) => {
  const allocator = page === undefined ? new Allocator({ end }) : new PagedAllocator({ end, pageByteLength: page });
  expect(lostBytes(allocator, sections)).toBe(0);
});

/** Gaps and sections in turns. */
const anySections = fc.array(
  fc.tuple(
    fc.constantFrom<FreeListKind>("metadata", "raw"),
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 1, max: 300 }),
  ),
  { maxLength: 40 },
);

test("of any sections nothing is lost, and nothing is given out twice", () => {
  fc.assert(
    fc.property(anySections, (parts) => {
      let at = 0;
      const sections = parts.map(([list, gap, byteLength]) => {
        const address = at + gap;
        at = address + byteLength;
        return [list, address, byteLength] as const;
      });
      expect(lostBytes(new Allocator({ end: at + 1 }), sections)).toBe(0);
    }),
    { numRuns: 300 },
  );
});

function anyParts(most: number) {
  return fc.array(fc.tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most })), { maxLength: 12 });
}

/** What lies in a page: gaps and sections of one list in turns, or nothing but free bytes. */
const anyPage = fc.oneof(
  { weight: 4, arbitrary: fc.record({ list: fc.constantFrom<FreeListKind>("metadata", "raw"), parts: anyParts(60) }) },
  { weight: 1, arbitrary: fc.record({ list: fc.constant<FreeListKind>("large"), parts: fc.constant([]) }) },
);

interface Page {
  readonly list: FreeListKind;
  readonly parts: readonly (readonly [gap: number, byteLength: number])[];
}

const sectionsOf = (pages: readonly Page[], page: number): Sections =>
  pages.flatMap(({ list, parts }, i): Sections[number][] => {
    if (list === "large") return [[list, i * page, page]];
    let at = 0;
    return parts.flatMap(([gap, byteLength]): Sections[number][] => {
      const start = at + gap;
      at = Math.min(start + byteLength, page);
      return start < at ? [[list, i * page + start, at - start]] : [];
    });
  });

test.each([512, 4096])("nor in pages of %i bytes", (page) => {
  fc.assert(
    fc.property(fc.array(anyPage, { maxLength: 40 }), (pages) => {
      const allocator = new PagedAllocator({ end: (pages.length + 1) * page, pageByteLength: page });
      expect(lostBytes(allocator, sectionsOf(pages, page))).toBe(0);
    }),
    { numRuns: 300 },
  );
});

/** Bytes that a large block has of its last page: many alike, as lists leave them, too. */
const anyRests = fc.array(fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 511 })), {
  minLength: 20,
  maxLength: 90,
});

/** Where bytes before the managers do not help without pages behind a list, nor these without those. */
const BOTH_STUBBORN: [number[], Page[]] = [
  [
    ...[79, 417, 20, 59, 26, 137, 423, 63, 170, 110, 60, 63, 45, 35, 43, 193, 69, 511, 7, 449, 42, 23, 179, 28, 30],
    ...[92, 29, 268, 505],
  ],
  [
    { list: "large", parts: [] },
    {
      list: "metadata",
      parts: [
        [35, 44],
        [36, 15],
        [32, 20],
        [16, 23],
        [44, 26],
        [3, 47],
        [44, 39],
        [55, 53],
        [24, 2],
      ],
    },
    { list: "large", parts: [] },
    {
      list: "raw",
      parts: [
        [43, 50],
        [18, 46],
        [1, 43],
        [36, 28],
      ],
    },
    { list: "metadata", parts: [[5, 16]] },
    {
      list: "metadata",
      parts: [
        [18, 43],
        [51, 46],
        [29, 24],
      ],
    },
    {
      list: "metadata",
      parts: [
        [18, 51],
        [34, 27],
        [8, 4],
        [32, 6],
        [24, 39],
        [4, 41],
        [34, 20],
        [19, 51],
        [10, 25],
      ],
    },
    {
      list: "raw",
      parts: [
        [14, 44],
        [34, 59],
        [49, 48],
        [25, 48],
        [14, 43],
        [14, 27],
        [26, 29],
      ],
    },
  ],
];

test("nor where so much is left of the last pages of large blocks that the list of that takes pages, too", () => {
  const page = 512;
  fc.assert(
    fc.property(anyRests, fc.array(anyPage, { maxLength: 20 }), (rests, pages) => {
      const start = pages.length * page;
      const large = rests.map((used, i) => ["large", start + i * page + used, page - used] as const);
      const allocator = new PagedAllocator({ end: start + (rests.length + 1) * page, pageByteLength: page });
      expect(lostBytes(allocator, [...sectionsOf(pages, page), ...large])).toBe(0);
    }),
    { numRuns: 40, examples: [BOTH_STUBBORN] },
  );
});

test("a section freed since the last flush is listed as one with the free one beside it", () => {
  const allocator = new PagedAllocator({ end: 5120, pageByteLength: 512 });
  allocator.addFreeSections(listed([["large", 1024, 512]]));
  allocator.release("draw", 1536, 1024);
  expect(lostBytes(allocator, [["metadata", 100, 30]])).toBe(0);
  expect(allocator.freeSections().filter(({ list }) => list === "large").length).toBe(1);
});

test("with very many sections it does not try for long", () => {
  const sections = Array.from({ length: 4000 }, (_, i) => ["metadata", 400 * i + 1, 1 + (i % 300)] as const);
  const start = process.cpuUsage().user;
  expect(lostBytes(new Allocator({ end: 400 * 4000 }), sections)).toBe(0);
  expect((process.cpuUsage().user - start) / 1e6).toBeLessThan(10);
});
