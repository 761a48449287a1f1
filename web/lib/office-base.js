// office-base.js -- The address of a view (what, which outlet, which days), loading its figures, charts.
//
// Everything shown is in the address after '#', so a view can be kept, sent and gone back to.
import { html, signal, useEffect, useRef, useState } from './vendor.js';
import uPlot from '/lib/vendor/uplot.js';
import { t, lang, large } from './texts.js';
import { get, session, Problem } from './api.js';
import { serverNow } from './live.js';
import { addDays, dateOf } from './format.js';

/** @typedef {{view: string, outlet: number, period: string, from: string, until: string, date: string, id: string, rest: Record<string, string>}} Route */

/** @returns {Route} */
function read() {
    const p = new URLSearchParams(location.hash.slice(1));
    const own = session.value && session.value.outlet_id ? session.value.outlet_id : 0;
    const known = ['view', 'outlet', 'period', 'from', 'until', 'date', 'id'];
    return {
        view: p.get('view') || 'promise',
        outlet: own || Number(p.get('outlet') || 0),
        period: p.get('period') || 'today',
        from: p.get('from') || '',
        until: p.get('until') || '',
        date: p.get('date') || '',
        id: p.get('id') || '',
        rest: Object.fromEntries([...p].filter(([k]) => !known.includes(k))),
    };
}
/** Where we are. */
export const route = signal(read());
export const readRoute = () => {
    route.value = read();
};
window.addEventListener('hashchange', readRoute);

/** The address of a view; what is not said stays as it is. @param {Record<string, any>} to */
export function link(to) {
    const r = route.value;
    const keep = {
        view: r.view,
        outlet: r.outlet || '',
        period: r.period,
        from: r.from,
        until: r.until,
    };
    const all = { ...keep, ...to };
    const p = new URLSearchParams();
    for (const [k, v] of Object.entries(all))
        if (v !== '' && v !== undefined && v !== null && v !== 0) p.set(k, String(v));
    return '#' + p;
}
/** @param {Record<string, any>} to */
export const go = (to) => location.assign(link(to));

export const today = () => dateOf(serverNow());
/** Monday is 1. @param {string} date */
export const weekday = (date) => new Date(date + 'T00:00:00Z').getUTCDay() || 7;
export const PERIODS = ['today', 'yesterday', 'week', 'weeks4', 'custom'];

/** The days of the period. @param {Route} r @returns {{from: string, until: string}} */
export function days(r) {
    const d = today();
    if (r.period === 'yesterday') return { from: addDays(d, -1), until: addDays(d, -1) };
    if (r.period === 'week') return { from: addDays(d, 1 - weekday(d)), until: d };
    if (r.period === 'weeks4') return { from: addDays(d, -27), until: d };
    if (r.period === 'custom' && r.from && r.until && r.from <= r.until)
        return { from: r.from, until: r.until };
    return { from: d, until: d };
}
/** A query for the figures of the period. @param {Route} r */
export function query(r) {
    const p = new URLSearchParams({ ...days(r) });
    if (r.outlet) p.set('outlet', String(r.outlet));
    return '?' + p;
}

/**
 * Loads, and loads again now and then; what was shown stays until the answer is there.
 * @param {string} url '' loads nothing @param {number} [poll_ms]
 * @returns {{data: any, problem: Problem|null, again: () => void}}
 */
export function useLoad(url, poll_ms = 0) {
    const [state, setState] = useState({
        url: '',
        data: /** @type {any} */ (null),
        problem: /** @type {Problem|null} */ (null),
    });
    const [n, setN] = useState(0);
    const path = url.split('?')[0];
    useEffect(() => {
        let gone = false;
        /** @type {any} */
        let timer = 0;
        const load = async () => {
            try {
                const data = url ? await get(url) : null;
                if (!gone) setState({ url: path, data, problem: null });
            } catch (e) {
                if (!gone)
                    setState((s) => ({
                        url: path,
                        data: s.url === path ? s.data : null,
                        problem: /** @type {Problem} */ (e),
                    }));
            }
            if (!gone && poll_ms) timer = setTimeout(load, poll_ms);
        };
        load();
        return () => {
            gone = true;
            clearTimeout(timer);
        };
    }, [url, n, lang.value]);
    return {
        data: state.url === path ? state.data : null,
        problem: state.problem,
        again: () => setN(n + 1),
    };
}
/** How often figures are asked for again: only those of a period that is not over. @param {Route} r */
export const pollOf = (r) => (days(r).until >= today() ? 20000 : 0);

/**
 * A chart. The data is also told in words or a table beside it.
 * @param {{options: (size: {width: number, height: number}) => any, data: any[], height?: number, label: string, kind?: string}} p
 */
export function Chart({ options, data, height = 220, label, kind = '' }) {
    const ref = useRef(/** @type {any} */ (null));
    const big = large.value;
    useEffect(() => {
        const box = ref.current;
        const size = () => ({ width: Math.max(200, box.clientWidth), height });
        const u = new uPlot(options(size()), /** @type {any} */ (data), box);
        const watch = new ResizeObserver(() => u.setSize(size()));
        watch.observe(box);
        return () => {
            watch.disconnect();
            u.destroy();
        };
    }, [data, height, lang.value, big]);
    return html`<div class=${'chart ' + kind} role="img" aria-label=${label} ref=${ref}></div>`;
}
export const INK = {
    ink: '#14251e',
    ink2: '#46574e',
    line: '#d9d6ca',
    green: '#1f7a5e',
    soft: 'rgba(31, 122, 94, 0.18)',
    gold: '#d99a13',
    danger: '#a0231b',
    pale: '#bfdccf',
};
export const axisFont = () =>
    (large.value ? '17px' : '13px') +
    ' "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
/** @param {any} [more] */
export const axis = (more = {}) => ({
    stroke: INK.ink2,
    font: axisFont(),
    grid: { stroke: '#ebe8de', width: 1 },
    ticks: { stroke: INK.line, width: 1 },
    ...more,
});

/** 11-23 一 @param {string} date */
export const dateShort = (date) => date.slice(5) + ' ' + t('weekday.' + weekday(date));
/** A half-hour as 10:00. @param {number} h */
export const halfHour = (h) =>
    String(Math.floor(h / 2)).padStart(2, '0') + ':' + (h % 2 ? '30' : '00');
