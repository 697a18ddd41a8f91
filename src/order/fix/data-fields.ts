/**
 * Length fields whose data field has the next tag (RawDataLength 95, RawData 96), FIX 4.0 to 5.0 SP2 with the
 * extension packs that QuickFIX's dictionaries have.
 */
const adjacent: readonly number[] = [
  90, 95, 212, 348, 350, 352, 354, 356, 358, 360, 362, 364, 445, 618, 621, 1184, 1277, 1280, 1282, 1397, 1401, 1403,
  1468, 1526, 1578, 1620, 1664, 1733, 1871, 1874, 2072, 2074, 2111, 2179, 2287, 2351, 2481, 2637, 2651, 2664, 2715,
  2718, 2721, 2797, 40004, 40008, 40978, 40980, 40982, 40984, 40986, 40988, 41083, 41101, 41107, 41256, 41320, 41324,
  41458, 41476, 41482, 41653, 41710, 41806, 41811, 41873, 41969, 42025, 42171, 42451, 42652, 42947,
]

/** Length fields whose data field has another tag: [length, data]. */
const others: readonly (readonly [number, number])[] = [
  // Signature came before its length had a number
  [93, 89],
  [1525, 1527],
  [1678, 1697],
  [2372, 2371],
  [2494, 2493],
  [2522, 2521],
  [2802, 2801],
  [2809, 2808],
  [2815, 2814],
  [43109, 42684],
  [43110, 42486],
  [43111, 42982],
]

const dataTagOf = new Map<number, number>([...adjacent.map(tag => [tag, tag + 1] as const), ...others])

/** Whether `tag` is a data field whose length stands in the field `before` it: its value may hold any byte. */
export function isDataAfter(tag: number, before: number): boolean {
  return dataTagOf.get(before) === tag
}
