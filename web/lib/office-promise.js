// office-promise.js -- Was the promise kept? The verdict, and what it depends on.
import { html } from './vendor.js';
import { t, pick } from './texts.js';
import { count, percent, stopwatch } from './format.js';
import { Buckets, IntervalBar, Verdict, goalText, scaleFrom, shareText } from './figures.js';
import { state } from './office-views.js';
import { pollOf, query, route, useLoad } from './office-base.js';

const DEFINITIONS = ['served', 'own_time', 'abandon_fails', 'drop_early', 'kaplan_meier'];

export function Promise_() {
    const r = route.value;
    const l = useLoad('/api/promise' + query(r), pollOf(r));
    const wait = state(l);
    if (wait) return wait;
    const d = l.data,
        s = d.summary;
    const find = (/** @type {string} */ code) =>
        d.classes.find((/** @type {any} */ c) => c.class_code === code);
    const pair = [find('mid_high'), find('all')].filter(Boolean);
    const met = DEFINITIONS.filter(
        (code) =>
            pair.length &&
            pair.every((c) =>
                c.definitions.some(
                    (/** @type {any} */ x) => x.code === code && x.verdict === 'met',
                ),
            ),
    );
    const v = d.verdict_1020;
    const all = pair.flatMap((/** @type {any} */ c) => c.definitions);
    const min = Math.min(0.6, ...all.map(scaleFrom)); /* one scale for all bars of the page */
    return html`
      <div class="stack">
        <section class=${'card verdict verdict-' + v} aria-labelledby="verdict-title">
          <div class="verdict-word">
            <h2 id="verdict-title">${t('office.verdict')}</h2>
            <p class="verdict-big">
              ${v === 'met' ? '✓ ' : v === 'not_met' ? '✕ ' : ''}
              ${t('verdict.' + v)}
            </p>
            <p class="small">
              ${
                v === 'none'
                    ? t('office.verdict.none')
                    : t('office.verdict.by', { n: met.length, of: DEFINITIONS.length })
              }
            </p>
          </div>
          <div class="verdict-pair">
            ${pair.map((c) => {
                const x = c.definitions[0];
                return html`
                  <div key=${c.class_code} class="verdict-class">
                    <div class="row row-between">
                      <strong>${pick(c)}</strong>
                      <span class="small">
                        ${t('fig.goal', {
                            goal: goalText(c.goal_ppm),
                            min: Math.round(c.target_s / 60),
                        })}
                      </span>
                    </div>
                    <div class="verdict-share num">
                      ${percent(x.value)} ${!x.sure && x.of > 0 && html`
                        <span class="small unsure">${t('verdict.unsure')}</span>
                      `}
                    </div>
                    <${IntervalBar}
                        ...${x} goal=${c.goal_ppm / 1e6} min=${min} met=${x.verdict === 'met'} />
                    <div class="small num">
                      ${t('fig.kept.of', { kept: count(x.kept), of: count(x.of) })} · ${t(
                          'office.interval',
                          { low: percent(x.low), high: percent(x.high) },
                      )}
                    </div>
                  </div>
                `;
            })}
          </div>
        </section>
        <${Summary} s=${s} />
        <section class="card" aria-labelledby="defs-title">
          <div class="card-head">
            <h2 id="defs-title">${t('office.definitions')}</h2>
            <span class="small muted">${t('office.definitions.hint')}</span>
          </div>
          <${Definitions} pair=${pair} min=${min} />
        </section>
        <div class="grid-2">
          <section class="card" aria-labelledby="bk-title">
            <div class="card-head">
              <h2 id="bk-title">${t('office.buckets')}</h2>
              <span class="small muted">${t('floor.buckets.hint')}</span>
            </div>
            <${Buckets} buckets=${s.buckets} />
          </section>
          <section class="card" aria-labelledby="cls-title">
            <div class="card-head">
              <h2 id="cls-title">${t('office.classes')}</h2>
              <span class="small muted">${t('def.served')}</span>
            </div>
            <div class="stack-s">
              ${d.classes
                  .filter((/** @type {any} */ c) => !pair.includes(c))
                  .map((/** @type {any} */ c) => {
                      const x = c.definitions[0];
                      return html`
                        <div key=${c.class_code} class="meter">
                          <div class="row row-between">
                            <strong>${pick(c)}</strong>
                            <${Verdict} verdict=${x.verdict} sure=${x.sure} />
                          </div>
                          <${IntervalBar}
                              ...${x} goal=${c.goal_ppm / 1e6} min=${min}
                              met=${x.verdict !== 'not_met'} />
                          <div class="small num">
                            ${shareText(x)} <span class="muted">
                              · ${t('fig.kept.of', { kept: count(x.kept), of: count(x.of) })}
                            </span>
                          </div>
                        </div>
                      `;
                  })}
            </div>
          </section>
        </div>
      </div>
    `;
}
/** @param {{s: any}} p */
function Summary({ s }) {
    const w = s.within_5min;
    const row = (
        /** @type {string} */ label,
        /** @type {any} */ value,
        /** @type {any} */ note = null,
    ) =>
        html`
          <div>
            <dt>${t(label)}</dt>
            <dd class="num">${value}</dd>
            ${note && html`<dd class="small muted">${note}</dd>`}
          </div>
        `;
    const wait = (/** @type {number|null} */ v) =>
        v === null || v === undefined || !s.served ? '—' : stopwatch(v);
    return html`
      <dl class="card summary">
        ${row('office.taken', count(s.taken))}
        ${row('office.served', count(s.served))}
        ${row(
            'office.abandoned',
            count(s.abandoned),
            [
                s.taken ? percent(s.abandoned / s.taken) : '',
                s.guided > 0 ? t('office.guided', { n: count(s.guided) }) : '',
            ]
                .filter(Boolean)
                .join(' · ') || null,
        )}
        ${row('office.no_show', count(s.no_show))}
        ${row('office.mean', wait(s.mean_wait_s), t('office.median', { time: wait(s.median_s) }))}
        ${row('office.p95', wait(s.p95_s), t('office.max', { time: wait(s.max_s) }))}
        ${row(
            'office.within5',
            percent(w.value),
            w.value === null || w.value === undefined
                ? null
                : (w.low * 100).toFixed(1) + '–' + percent(w.high),
        )}
        ${row(
            'office.handling',
            s.handling && s.handling.n ? stopwatch(s.handling.mean_s) : '—',
            s.handling && s.handling.n
                ? t('office.median', { time: stopwatch(s.handling.median_s) })
                : null,
        )}
      </dl>
    `;
}
/** The five written definitions side by side. @param {{pair: any[], min: number}} p */
function Definitions({ pair, min }) {
    return html`
      <div class="defs">
        ${DEFINITIONS.map(
            (code) => html`
              <article key=${code} class="def">
                <h3>${t('def.' + code)}</h3>
                <p class="small muted def-text">${t('def.' + code + '.text')}</p>
                ${pair.map((c) => {
                    const x = c.definitions.find((/** @type {any} */ o) => o.code === code) || {
                        value: null,
                        verdict: 'none',
                        kept: 0,
                        of: 0,
                    };
                    return html`
                      <div key=${c.class_code} class="def-class">
                        <div class="small">
                          ${pick(c)} <span class="muted">
                            ≤${Math.round(c.target_s / 60)} ${t('fig.minutes')}
                          </span>
                        </div>
                        <div class="row-s">
                          <strong class="def-value num">${percent(x.value)}</strong>
                          <${Verdict} verdict=${x.verdict} />
                        </div>
                        <${IntervalBar}
                            ...${x} goal=${c.goal_ppm / 1e6} min=${min}
                            met=${x.verdict !== 'not_met'} />
                        <div class="tiny muted num">
                          ${t('fig.kept.of', { kept: count(x.kept), of: count(x.of) })}
                          ${
                            x.low !== null && x.low !== undefined
                                ? ` · ${(x.low * 100).toFixed(1)}–${(x.high * 100).toFixed(1)}`
                                : ''
                          }
                          ${
                            !x.sure && x.of
                                ? html` · <span class="nowrap">${t('office.unsure')}</span>`
                                : ''
                          }
                        </div>
                      </div>
                    `;
                })}
              </article>
            `,
        )}
      </div>
    `;
}
