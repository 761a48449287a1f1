// flow.js -- For everybody: when do people come to an outlet, and when is a better time.
//
//   /flow.html?o=CODE       &service=ID   for one service
import { html, useEffect, useState } from './lib/vendor.js';
import { t, lang, pick } from './lib/texts.js';
import { get } from './lib/api.js';
import { loadInfo } from './lib/live.js';
import { Shell, Loading, ProblemView, Select, mount, param, toastProblem } from './lib/ui.js';
import { OutletList } from './lib/outlet.js';
import { clockOf, count, day, noonOf } from './lib/format.js';
import { Tips } from './lib/tips.js';

loadInfo().catch(toastProblem);

const upMin = (/** @type {number} */ s) => Math.max(1, Math.ceil(s / 60));
const downMin = (/** @type {number} */ s) => Math.floor(s / 60);

/** 0 quiet ... 5 crowded. @param {number} come @param {number} most */
const step = (come, most) => Math.max(0, Math.min(5, Math.floor((come / most) * 6)));

/** What a cell says in words. @param {any} row @param {any} c */
function cellText(row, c) {
    const words = {
        day: pick(row),
        time: clockOf(c.at_s),
        come: count(c.come, c.come < 10 ? 1 : 0),
        low: count(c.come_low),
        high: count(c.come_high),
    };
    return c.p50_s === null
        ? t('flow.cell.few', words)
        : t('flow.cell', { ...words, p50: downMin(c.p50_s), p90: upMin(c.p90_s) });
}

/** A good time of a row: before noon or after. @param {any} row @param {number|null} at */
function bestText(row, at) {
    const c = at === null ? null : row.cells.find((/** @type {any} */ x) => x.at_s === at);
    if (!c || c.p50_s === null) return null;
    return html`
      <span class="fl-best">
        <b class="num">${clockOf(at || 0)}</b>
        <span class="small">
          ${
            c.p90_s <= 60
                ? t('flow.nowait')
                : t('dur.range', { low: downMin(c.p50_s), high: upMin(c.p90_s) })
          }
        </span>
      </span>
    `;
}

/** @param {{d: any}} p */
function Chart({ d }) {
    const opens = Math.min(...d.rows.map((/** @type {any} */ r) => r.cells[0].at_s));
    const last = Math.max(
        ...d.rows.map((/** @type {any} */ r) => r.cells[r.cells.length - 1].at_s),
    );
    const slots = [];
    for (let s = opens; s <= last; s += 1800) slots.push(s);
    return html`
      <div class="fl-scroll" tabindex="0" role="region" aria-label=${t('flow.title')}>
        <table class="fl-chart">
          <thead>
            <tr>
              <th scope="col">${t('flow.row')}</th>
              ${slots.map(
                  (s, i) => html`
                    <th key=${s} scope="col" class="num">
                      <span class=${i % 2 ? 'fl-odd' : ''}>${clockOf(s)}</span>
                    </th>
                  `,
              )}
              <th scope="col" class="fl-words">${t('flow.best')}</th>
            </tr>
          </thead>
          <tbody>
            ${d.rows.map(
                (/** @type {any} */ r) => html`
                  <tr key=${r.code} class=${r.code === d.today ? 'fl-today' : ''}>
                    <th scope="row">
                      ${pick(r)}
                      ${r.code === d.today && html`
                        <span class="badge badge-ok">${t('flow.today')}</span>
                      `}
                      <span class="small muted">
                        ${t(r.few ? 'flow.few' : 'flow.days', { n: r.days })}
                      </span>
                      <span class="fl-short num" aria-hidden="true">
                        ${[r.best_am_s, r.best_pm_s]
                            .filter((s) => s !== null)
                            .map((s) => clockOf(s))
                            .join(' · ')}
                      </span>
                    </th>
                    ${slots.map((s) => {
                        const c = r.cells.find((/** @type {any} */ x) => x.at_s === s);
                        if (!c) return html`<td key=${s}></td>`;
                        const best = s === r.best_am_s || s === r.best_pm_s;
                        return html`
                          <td key=${s} title=${cellText(r, c)}>
                            <span
                                class=${
                                  'fl-cell fl-' + step(c.come, d.most) + (best ? ' fl-good' : '')
                                }>
                              <span class="sr-only">${cellText(r, c)}</span>
                              <span aria-hidden="true" class="num">
                                ${c.p50_s === null ? '' : downMin(c.p50_s) + '–' + upMin(c.p90_s)}
                              </span>
                            </span>
                          </td>
                        `;
                    })}
                    <td class="fl-words">
                      ${bestText(r, r.best_am_s)} ${bestText(r, r.best_pm_s)}
                    </td>
                  </tr>
                `,
            )}
          </tbody>
        </table>
      </div>
      <p class="fl-legend small" aria-hidden="true">
        ${t('flow.quiet')}
        ${[0, 1, 2, 3, 4, 5].map((n) => html`<i key=${n} class=${'fl-' + n}></i>`)}${t('flow.busy')}
        <span class="fl-key fl-1 num">2–9</span> ${t('flow.legend.wait')}
        <span class="fl-key fl-0 fl-good num">0–1</span> ${t('flow.best')}
      </p>
    `;
}

/** Today as columns: for a phone, where the whole table is too wide. @param {{d: any}} p */
function Today({ d }) {
    const r = d.rows.find((/** @type {any} */ x) => x.code === d.today);
    if (!r) return null;
    return html`
      <p class="small muted" id="fl-day">${t('flow.day', { day: pick(r) })}</p>
      <ol class="fl-day" aria-labelledby="fl-day">
        ${r.cells.map(
            (/** @type {any} */ c) => html`
              <li
                  key=${c.at_s}
                  class=${d.now_s >= c.at_s && d.now_s < c.at_s + 1800 ? 'fl-now' : ''}>
                <span class="sr-only">${cellText(r, c)}</span>
                <span class="num small" aria-hidden="true">${count(c.come)}</span>
                <i
                    aria-hidden="true" class=${'fl-' + step(c.come, d.most)}
                    style=${{ '--part': String(c.come / d.most) }}></i>
                <span class="num small" aria-hidden="true">
                  ${c.at_s % 3600 ? '' : c.at_s / 3600}
                </span>
              </li>
            `,
        )}
      </ol>
    `;
}

/** When to come instead: later today, or else the next day. @param {{d: any, about: any}} p */
function Better({ d, about }) {
    const words = (/** @type {any} */ c) => ({
        time: clockOf(c.at_s),
        p50: Math.round(c.p50_s / 60),
        p90: upMin(c.p90_s),
    });
    const kind = (/** @type {any} */ c) => (c.p50_s < 60 ? 'short' : 'text');
    if (d.better) return html`<p>${t('flow.better.' + kind(d.better), words(d.better))}</p>`;
    const today = d.rows.find((/** @type {any} */ r) => r.code === d.today);
    const why =
        about && about.open_now && !about.issuing
            ? 'flow.stopped'
            : (about && !about.open_now) || (today && d.now_s >= today.closes_s)
              ? 'flow.over'
              : today
                ? 'flow.better.none'
                : 'flow.better.unknown';
    return html`
      <p>
        ${t(why)}
        ${' '}
        ${
          d.next &&
          t('flow.next.' + kind(d.next), { ...words(d.next), day: day(noonOf(d.next.date)) })
        }
      </p>
    `;
}

/** @param {{code: string}} p */
function Flow({ code }) {
    const [d, setD] = useState(/** @type {any} */ (null));
    const [about, setAbout] = useState(/** @type {any} */ (null));
    const [service, setService] = useState(param('service') || '');
    const [problem, setProblem] = useState(/** @type {any} */ (null));
    const load = () => {
        setProblem(null);
        get(`/api/outlets/${code}/flow-chart${service ? '?service=' + service : ''}`).then(
            setD,
            setProblem,
        );
    };
    useEffect(() => {
        get(`/api/outlets/${code}`).then(setAbout, () => {});
    }, [code]);
    useEffect(load, [code, service]);
    if (problem && problem.status === 404) return html`<${Choose} wrong=${problem.title} />`;
    if (problem) return html`<${ProblemView} problem=${problem} onRetry=${load} />`;
    if (!d) return html`<${Loading} />`;
    const paper = `/api/outlets/${code}/flow-chart/paper?lang=${lang.value}${service ? '&service=' + service : ''}`;
    return html`
      <div class="stack-l">
        <div class="row row-between fl-head">
          <div class="stack-s">
            <h1>${t('flow.of', { name: pick(d.outlet) })}</h1>
            <p class="muted">${t('flow.lead', { from: d.from, until: d.until })}</p>
          </div>
          ${about && html`
            <${Select}
                label=${t('flow.service')} value=${service} onInput=${setService}
                options=${[
                    { value: '', text: t('flow.all') },
                    ...about.services.map((/** @type {any} */ s) => ({
                        value: String(s.id),
                        text: s.prefix + ' ' + pick(s),
                    })),
                ]} />
          `}
        </div>
        <section class="card stack-s fl-better" aria-labelledby="better">
          <h2 id="better">${t('flow.better')}</h2>
          <${Better} d=${d} about=${about} />
          <${Today} d=${d} />
        </section>
        <section class="card"><${Chart} d=${d} /></section>
        <p class="row-s no-print">
          <a class="btn" href=${paper} target="_blank" rel="noopener">${t('flow.pdf')}</a>
          <a class="btn" href=${paper + '&format=svg'} target="_blank" rel="noopener">
            ${t('flow.svg')}
          </a>
          <a class="btn" href=${'/map.html?o=' + encodeURIComponent(code)}>${t('flow.to_map')}</a>
          <a class="btn" href=${'/me.html?o=' + encodeURIComponent(code)}>${t('map.take')}</a>
        </p>
        <p class="small muted">${t('flow.note')}</p>
        <${Tips} service=${Number(service) || 0} />
      </div>
    `;
}

/** @param {{wrong?: string}} p why it is asked */
function Choose({ wrong }) {
    const [items, setItems] = useState(/** @type {any} */ (null));
    useEffect(() => {
        get('/api/outlets').then((a) => setItems(a.items), toastProblem);
    }, []);
    if (!items) return html`<${Loading} />`;
    return html`
      <div class="stack">
        <h1>${t('flow.title')}</h1>
        ${wrong && html`<p class="banner banner-warn" role="alert">${wrong}</p>`}
        <${OutletList}
            items=${items}
            onPick=${(/** @type {any} */ o) => location.assign('/flow.html?o=' + o.code)} />
      </div>
    `;
}

const App = () => html`
  <${Shell} title=${t('flow.title')} wide>
    ${param('o') ? html`<${Flow} code=${param('o')} />` : html`<${Choose} />`}
  <//>
`;
mount(App);
