// amount.js -- Money as people read it. Amounts come as decimal texts and stay texts: no float touches them.
import { lang, t } from './texts.js';

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

/** What somebody typed, with full-width digits and separators made plain. @param {string} typed */
export const plain = (typed) =>
    typed
        .replace(/[０-９]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
        .replace(/[．。]/g, '.')
        .replace(/[\s,，]/g, '');
/** What somebody typed as an amount above zero of yuan; null: not one. @param {string} typed */
export function typedAmount(typed) {
    const m = /^(\d{1,13})(?:\.(\d{0,2}))?$/.exec(plain(typed));
    if (!m) return null;
    const fen = BigInt(m[1]) * 100n + BigInt((m[2] || '').padEnd(2, '0'));
    return fen > 0n ? { fen, text: fenText(fen) } : null;
}
/** The same as the server reads it; what is none is no text. @param {string} typed */
export const typedText = (typed) => (typedAmount(typed) || { text: '' }).text;
/** What is wrong with it, when something is typed. @param {string} typed */
export const typedWrong = (typed) =>
    typed && !typedAmount(typed) ? t('counter.amount.bad') : undefined;
/** 12850n -> "128.50" @param {bigint} fen */
export function fenText(fen) {
    const v = fen < 0n ? -fen : fen;
    return `${fen < 0n ? '-' : ''}${v / 100n}.${String(v % 100n).padStart(2, '0')}`;
}
/** "128.5" -> 12850n @param {string} text */
export function fenOf(text) {
    const [whole, part = ''] = unsigned(text).split('.');
    const v = BigInt(whole) * 100n + BigInt(part.padEnd(2, '0').slice(0, 2));
    return text.startsWith('-') ? -v : v;
}
