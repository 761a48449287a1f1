// rates.js -- Yearly rates: parts per million in the books, percent on the pages. No float decides one.
import { plain } from './amount.js';

/** 3500 as "0.35", 12345 as "1.2345": at least two decimals. @param {number} ppm */
export function percentText(ppm) {
    const whole = Math.floor(ppm / 10000);
    const rest = String(ppm % 10000).padStart(4, '0');
    return whole + '.' + rest.replace(/0{1,2}$/, '');
}
/** @param {number} ppm */
export const rateText = (ppm) => percentText(ppm) + ' %';

/** What somebody typed as percent, in parts per million; null: not one. @param {string} typed */
export function ppmOf(typed) {
    if (/[,，]/.test(typed)) return null; /* a comma may be meant as the point */
    const m = /^(\d{1,3})(?:\.(\d{0,4}))?[%％]?$/.exec(plain(typed));
    if (!m) return null;
    const ppm = Number(m[1]) * 10000 + Number((m[2] || '').padEnd(4, '0'));
    return ppm <= 1000000 ? ppm : null;
}
