// format.js -- Times, durations and counts as people read them. The bank's time is China's.
import { lang, t } from './texts.js';

const ZONE = 'Asia/Shanghai';
/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();
/** @param {string} name @param {Intl.DateTimeFormatOptions} o */
function made(name, o) {
    const key = name + lang.value;
    let f = formats.get(key);
    if (!f) {
        f = new Intl.DateTimeFormat(lang.value === 'en' ? 'en-GB' : 'zh-CN', {
            timeZone: ZONE,
            hourCycle: 'h23',
            ...o,
        });
        formats.set(key, f);
    }
    return f;
}

/** 14:05 @param {number|null|undefined} ms */
export const time = (ms) =>
    ms ? made('time', { hour: '2-digit', minute: '2-digit' }).format(ms) : '';
/** 14:05:09 @param {number|null|undefined} ms */
export const timeS = (ms) =>
    ms ? made('timeS', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(ms) : '';
/** 11月23日 周一 @param {number} ms */
export const day = (ms) =>
    made('day', { month: 'short', day: 'numeric', weekday: 'short' }).format(ms);
/** 2026年11月23日 星期一 @param {number} ms */
export const dayLong = (ms) =>
    made('dayLong', { year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' }).format(ms);
/** 11-23 14:05 @param {number|null|undefined} ms */
export const dateTime = (ms) =>
    ms
        ? made('dateTime', {
              month: '2-digit',
              day: '2-digit',
              hour: '2-digit',
              minute: '2-digit',
          }).format(ms)
        : '';

/** 1994-03-11 18:00:00 @param {number|null|undefined} ms */
export const stamp = (ms) =>
    ms ? new Date(ms + 8 * 3600000).toISOString().slice(0, 19).replace('T', ' ') : '';

/** The civil date of an instant in China, "2026-11-23". China has no daylight saving time. @param {number} ms */
export const dateOf = (ms) => new Date(ms + 8 * 3600000).toISOString().slice(0, 10);
/** @param {string} date @param {number} days */
export const addDays = (date, days) =>
    new Date(Date.parse(date + 'T00:00:00Z') + days * 86400000).toISOString().slice(0, 10);
/** Noon of a date in China as an instant. @param {string} date */
export const noonOf = (date) => Date.parse(date + 'T12:00:00+08:00');

/** Seconds of the day as 09:00. @param {number} s */
export function clockOf(s) {
    const h = Math.floor(s / 3600),
        m = Math.floor((s % 3600) / 60);
    return String(h).padStart(2, '0') + ':' + String(m).padStart(2, '0');
}

/** A duration in whole minutes, as on signs. @param {number|null|undefined} s */
export function duration(s) {
    if (s === null || s === undefined) return '—';
    const m = Math.floor(Math.max(0, s) / 60);
    if (m < 1) return t('dur.now');
    return m < 60 ? t('dur.min', { n: m }) : t('dur.hmin', { h: Math.floor(m / 60), m: m % 60 });
}
/** A running duration, 4:07 or 1:02:33, for staff and tickets. @param {number} s */
export function stopwatch(s) {
    const v = Math.max(0, Math.floor(s));
    const h = Math.floor(v / 3600),
        m = Math.floor((v % 3600) / 60),
        r = String(v % 60).padStart(2, '0');
    return h ? `${h}:${String(m).padStart(2, '0')}:${r}` : `${m}:${r}`;
}
/** A wait forecast: an honest range in minutes, rounded outwards.
 * @param {{low_s: number, high_s: number}|null|undefined} f */
export function range(f) {
    if (!f) return t('dur.none');
    const low = Math.floor(f.low_s / 60),
        high = Math.max(1, Math.ceil(f.high_s / 60));
    if (low >= high) return t('dur.range.same', { n: high });
    return low < 1 ? t('dur.range.upto', { high }) : t('dur.range', { low, high });
}
/** The same in words: what half and nine in ten wait, where simulated futures say it; else nothing.
 * @param {{low_s: number, high_s: number, told_ms?: number|null}|null|undefined} f */
export function rangeWords(f) {
    if (!f || !f.told_ms) return '';
    const low = Math.floor(f.low_s / 60),
        high = Math.max(1, Math.ceil(f.high_s / 60));
    return low < 1 ? t('dur.told.none', { high }) : t('dur.told', { low, high });
}
/** How a service's queue stands, for a tile: people, and the range where it says more.
 * @param {{waiting: number, forecast: {low_s: number, high_s: number}|null}} s */
export function queueText(s) {
    const who = s.waiting
        ? t('kiosk.people', { n: s.waiting })
        : s.forecast
          ? t('kiosk.nobody')
          : t('kiosk.nowindow');
    return {
        who,
        range: s.forecast && (s.waiting || s.forecast.high_s > 60) ? range(s.forecast) : '',
    };
}
/** @param {number} n @param {number} [digits] */
export const count = (n, digits = 0) =>
    new Intl.NumberFormat(lang.value === 'en' ? 'en-GB' : 'zh-CN', {
        maximumFractionDigits: digits,
        minimumFractionDigits: digits,
    }).format(n);
/** A share 0..1 as 95.2 %. @param {number|null|undefined} v @param {number} [digits] */
export const percent = (v, digits = 1) =>
    v === null || v === undefined || Number.isNaN(v) ? '—' : (v * 100).toFixed(digits) + ' %';
/** A phone number with its middle hidden. @param {string} p */
export const maskPhone = (p) => (p.length >= 7 ? p.slice(0, 3) + '****' + p.slice(-4) : p);

/** The longest wait of a row, or a duration since an instant: seconds. @param {number} since_ms @param {number} now_ms */
export const since = (since_ms, now_ms) => Math.max(0, (now_ms - since_ms) / 1000);

/* Sign-in names are shown by role. @param {string} role */
export const roleName = (/** @type {string} */ role) => t('role.' + role);
