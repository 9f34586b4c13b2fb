/** Writes capital letters as lines, so that a drawing needs no font where it is looked at. */

/**
 * Strokes on a grid 4 wide and 6 high: each pair of digits is a place (column, row), a blank lifts
 * the pen.
 */
const STROKES: Readonly<Record<string, string>> = {
  A: '0602204246 0444',
  B: '00063645443303 0030414233',
  C: '4130100105163645',
  D: '00062645412000',
  E: '40000646 0333',
  F: '400006 0333',
  G: '41301001051636454323',
  H: '0006 4046 0343',
  I: '1030 2026 1636',
  J: '4045361605',
  K: '0006 4003 0346',
  L: '000646',
  M: '0600234046',
  N: '06004640',
  O: '100105163645413010',
  P: '06003041423303',
  Q: '100105163645413010 2446',
  R: '06003041423303 2346',
  S: '413010010213334445361605',
  T: '0040 2026',
  U: '000516364540',
  V: '002640',
  W: '0016233640',
  X: '0046 4006',
  Y: '002340 2326',
  Z: '00400646',
  '0': '100105163645413010 4105',
  '1': '012026 0646',
  '2': '01103041420646',
  '3': '01103041423313334445361605',
  '4': '36300444',
  '5': '400003334445361605',
  '6': '413010010516364544331304',
  '7': '004016',
  '8': '13020110304142331304051636454433',
  '9': '0516364541301001021343',
  '.': '2526',
  '-': '1333',
  '/': '0640',
  ':': '2122 2526',
  '(': '30212536',
  ')': '10212516',
};

const COLUMNS = 5.6;
const ROWS = 6;

/** How to write. */
export type LetterStyle = { height: number; colour: string; anchor?: 'start' | 'end' };

/**
 * The text as an SVG path whose upper left (or upper right) corner is at x, y. Small letters become
 * capitals; what is not known is left blank.
 */
export function writeLetters(text: string, x: number, y: number, style: LetterStyle): string {
  const { height, colour, anchor = 'start' } = style;
  const unit = height / ROWS;
  const left = anchor === 'end' ? x - (text.length * COLUMNS - 1.6) * unit : x;
  const lines = [...text.toUpperCase()].flatMap((letter, i) => {
    const strokes = STROKES[letter];
    if (strokes === undefined) return [];
    return strokes.split(' ').map((stroke) => {
      const places = stroke.match(/../g) ?? [];
      const points = places.map((place) => {
        const column = Number(place[0]) + i * COLUMNS;
        return `${(left + column * unit).toFixed(1)} ${(y + Number(place[1]) * unit).toFixed(1)}`;
      });
      return `M${points.join('L')}`;
    });
  });
  const width = Math.max(1, height / 8).toFixed(2);
  return (
    `<path d="${lines.join('')}" fill="none" stroke="${colour}" stroke-width="${width}" ` +
    'stroke-linecap="round" stroke-linejoin="round"/>'
  );
}
