// texts.js -- All texts of the pages, Chinese and English, in one catalogue; the language switch and
// the large-type switch.
//
// A text is [Chinese, English]; its values are filled in by fill.js.
import { signal, effect } from './vendor.js';
import { fill } from './fill.js';
import shared from './texts/shared.js';
import customer from './texts/customer.js';
import open from './texts/public.js';
import staff from './texts/staff.js';

/** @type {Record<string, [string, string]>} */
export const catalogue = { ...shared, ...customer, ...open, ...staff };
export const parts = { shared, customer, open, staff };

/** @param {string} key @returns {string|null} */
function kept(key) {
    try {
        return localStorage.getItem(key);
    } catch {
        return null; /* storage is switched off: the page works, it only forgets */
    }
}
/** @param {string} key @param {string} value */
function keep(key, value) {
    try {
        localStorage.setItem(key, value);
    } catch {
        /* as above */
    }
}

/** "zh" or "en". */
export const lang = signal(kept('piaohao.lang') === 'en' ? 'en' : 'zh');
/** Large type for elderly customers. The kiosk starts with it. */
export const large = signal(kept('piaohao.large') === '1');

effect(() => {
    document.documentElement.lang = lang.value === 'en' ? 'en' : 'zh-CN';
});
effect(() => {
    document.documentElement.toggleAttribute('data-large', large.value);
});

/** @param {string} to */
export function setLang(to) {
    lang.value = to === 'en' ? 'en' : 'zh';
    keep('piaohao.lang', lang.value);
}
/** @param {boolean} on */
export function setLarge(on) {
    large.value = on;
    keep('piaohao.large', on ? '1' : '0');
}

/**
 * The text of a key in a language.
 * @param {string} language @param {string} key @param {Record<string, any>} [values]
 */
export function tIn(language, key, values = {}) {
    const pair = catalogue[key];
    if (!pair) return key;
    return fill(pair[language === 'en' ? 1 : 0], values);
}
/** The text of a key in the reader's language. @param {string} key @param {Record<string, any>} [values] */
export function t(key, values) {
    return tIn(lang.value, key, values);
}
/** @param {string} key */
export const has = (key) => key in catalogue;

/**
 * The name (or another paired field) of a thing: pick(o) is name_zh or name_en, pick(o, "text") is
 * text_zh or text_en. An empty English one falls back to the Chinese.
 * @param {any} o @param {string} [field] @returns {string}
 */
export function pick(o, field = 'name') {
    if (!o) return '';
    return (lang.value === 'en' && o[field + '_en']) || o[field + '_zh'] || '';
}
