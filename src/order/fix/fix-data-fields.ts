/**
 * Fields of type data and the length fields that come right before them: their value is as long as that says and may
 * hold anything, separators and whole messages included.
 */
export const dataFieldByLength: ReadonlyMap<number, number> = new Map([
  [90, 91],
  [93, 89],
  [95, 96],
  [212, 213],
  [348, 349],
  [350, 351],
  [352, 353],
  [354, 355],
  [356, 357],
  [358, 359],
  [360, 361],
  [362, 363],
  [364, 365],
  [445, 446],
  [618, 619],
  [621, 622],
  [1184, 1185],
  [1277, 1278],
  [1280, 1281],
  [1282, 1283],
  [1397, 1398],
  [1401, 1402],
  [1403, 1404],
  [1468, 1469],
  [1525, 1527],
  [1578, 1579],
  [1620, 1621],
  [1664, 1665],
  [1678, 1679],
  [1697, 1698],
  [1733, 1734],
  [2072, 2073],
  [2111, 2112],
  [2179, 2180],
])

/**
 * Tags of an order message that stand in it once. In a log whose separators are printable, Text (58) may hold
 * something that looks like one of them.
 */
export const singleTags: ReadonlySet<number> = new Set([
  6, 11, 14, 17, 19, 20, 31, 32, 34, 35, 37, 38, 39, 40, 41, 43, 44, 45, 49, 52, 54, 55, 56, 59, 60, 97, 102, 103, 150,
  151, 372, 378, 379, 434,
])
