// amount.js -- Money as people read it. Amounts come as decimal texts and stay texts: no float touches them.
import { lang } from './texts.js';

/** -1234567.50 as -1,234,567.50 @param {string|null|undefined} text */
export function amount(text) {
    if (!text) return '';
    const m = /^(-?)(\d+)(\.\d+)?$/.exec(text);
    if (!m) return text;
    return (m[1] ? '−' : '') + m[2].replace(/\B(?=(\d{3})+$)/g, ',') + (m[3] || '');
}

/** For headlines: 39296720.10 as 3,929.67 万 or 39.30 M; small ones stay whole. @param {string} text */
export function amountShort(text) {
    const n = Number(text);
    const size = Math.abs(n);
    const steps =
        lang.value === 'en'
            ? [
                  { at: 1e9, unit: ' bn' },
                  { at: 1e6, unit: ' M' },
              ]
            : [
                  { at: 1e8, unit: '亿' },
                  { at: 1e4, unit: '万' },
              ];
    const step = steps.find((x) => size >= x.at * 10);
    if (!step) return amount(text);
    const value = (size / step.at).toLocaleString('en', {
        minimumFractionDigits: 2,
        maximumFractionDigits: 2,
    });
    return (n < 0 ? '−' : '') + value + step.unit;
}

/** The text without its sign. @param {string} text */
export const unsigned = (text) => text.replace(/^-/, '');
/** @param {string|null|undefined} text */
export const isZero = (text) => !text || !/[1-9]/.test(text);
/** The minor units as a big integer, for sums that must agree. @param {string} text */
export const minor = (text) => BigInt(text.replace('.', ''));
