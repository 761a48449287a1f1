// outlet.js -- Which outlet a page is about: ?o=CODE in the address, else the session's, else asked.
import { html, useEffect, useState } from './vendor.js';
import { get, session, Problem } from './api.js';
import { t, pick } from './texts.js';
import { clockOf, range } from './format.js';
import { Loading, NoOutlets, ProblemView, param } from './ui.js';

/** @param {any} o an outlet of GET /api/outlets @returns {{kind: string, text: string}} */
export function outletStatus(o) {
    if (!o.open_now)
        return {
            kind: '',
            text: t(o.opens_s === o.closes_s ? 'outlet.closed_today' : 'outlet.closed'),
        };
    if (!o.issuing) return { kind: 'badge-warn', text: t('outlet.not_issuing') };
    return { kind: 'badge-ok', text: t('outlet.open') };
}
/** 08:30–17:00 @param {any} o */
export const hoursText = (o) =>
    o.opens_s === o.closes_s
        ? t('outlet.closed_today')
        : `${clockOf(o.opens_s)}–${clockOf(o.closes_s)}`;

/** The outlet of the address or of the session, or null. @param {any[]} items */
export function chosen(items) {
    const o = param('o');
    if (o) return items.find((x) => x.code === o || String(x.id) === o) || null;
    const s = session.value;
    return s && s.signed_in && s.outlet_id ? items.find((x) => x.id === s.outlet_id) || null : null;
}

/** The list of outlets with search and district. @param {{items: any[], onPick: (o: any) => void, selected?: number}} p */
export function OutletList({ items, onPick, selected }) {
    const [words, setWords] = useState('');
    const [district, setDistrict] = useState('');
    const districts = [
        ...new Map(items.map((o) => [o.district_zh, pick(o, 'district')])).entries(),
    ];
    if (items.length === 0) return html`<${NoOutlets} />`;
    const w = words.trim().toLowerCase();
    const found = items.filter(
        (o) =>
            (!district || o.district_zh === district) &&
            (!w ||
                [o.name_zh, o.name_en, o.address_zh, o.address_en, o.code]
                    .join(' ')
                    .toLowerCase()
                    .includes(w)),
    );
    return html`
      <div class="stack">
        <div class="row outlet-search">
          <label class="grow field">
            <span class="sr-only">${t('outlet.search')}</span>
            <input
                class="input" type="search" value=${words} placeholder=${t('outlet.search')}
                onInput=${(/** @type {any} */ e) => setWords(e.target.value)} />
          </label>
          <label class="field">
            <span class="sr-only">${t('outlet.district')}</span>
            <select
                class="select" value=${district}
                onChange=${(/** @type {any} */ e) => setDistrict(e.target.value)}>
              <option value="">${t('outlet.all_districts')}</option>
              ${districts.map(([zh, name]) => html`<option key=${zh} value=${zh}>${name}</option>`)}
            </select>
          </label>
        </div>
        ${found.length === 0 && html`<p class="empty">${t('outlet.none_found')}</p>`}
        <ul class="stack-s">
          ${found.map((o) => {
              const s = outletStatus(o);
              return html`
                <li key=${o.id}>
                  <button
                      type="button" class="card card-flat outlet-row"
                      aria-pressed=${String(selected === o.id)} onClick=${() => onPick(o)}>
                    <span class="row row-between">
                      <strong>${pick(o)}</strong>
                      <span class=${'badge ' + s.kind}>${s.text}</span>
                    </span>
                    <span class="row row-between small muted">
                      <span>${pick(o, 'district')} · ${hoursText(o)}</span>
                      ${o.open_now && html`
                        <span>
                          ${t('outlet.waiting', { n: o.waiting })}
                          ${o.forecast ? ' · ' + range(o.forecast) : ''}
                        </span>
                      `}
                    </span>
                  </button>
                </li>
              `;
          })}
        </ul>
      </div>
    `;
}

/**
 * Gives its children the outlet of the page, or lets the user choose one (and puts it in the address).
 * @param {{children: (o: any) => any}} p
 */
export function WithOutlet({ children }) {
    const [items, setItems] = useState(/** @type {any[]|null} */ (null));
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    const [picked, setPicked] = useState(/** @type {any} */ (null));
    const load = () => {
        setProblem(null);
        get('/api/outlets').then((d) => setItems(d.items), setProblem);
    };
    useEffect(load, []);
    if (problem) return html`<${ProblemView} problem=${problem} onRetry=${load} />`;
    if (!items) return html`<${Loading} />`;
    const o = picked || chosen(items);
    if (o) return children(o);
    return html`
      <div class="main main-narrow stack">
        <h1>${t('problem.choose')}</h1>
        <${OutletList}
            items=${items}
            onPick=${(/** @type {any} */ x) => {
                const u = new URL(location.href);
                u.searchParams.set('o', x.code);
                history.replaceState(null, '', u);
                setPicked(x);
            }} />
      </div>
    `;
}
