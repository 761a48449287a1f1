// office-forecast.js -- Was what was said right? Waits told at the kiosk, the chance to keep the promise,
// advice. Each share stands beside its 95 % interval; with few cases nothing is judged.
import { html } from './vendor.js';
import { t, pick } from './texts.js';
import { count, percent, stopwatch } from './format.js';
import { IntervalBar, scaleFrom, shareText } from './figures.js';
import { state } from './office-views.js';
import { Scroll } from './table.js';
import { pollOf, query, route, useLoad } from './office-base.js';

/** Below this no share is called right or wrong. */
const FEW = 30;

/** Does the interval hold what was said? @param {{share: any, said: number}} p */
function Judged({ share, said }) {
    if (share.of < FEW) return html`<span class="badge">${t('cal.few')}</span>`;
    const word = share.low > said ? 'careful' : share.high < said ? 'hopeful' : 'right';
    return html`
      <span class=${'badge ' + (word === 'right' ? 'badge-ok' : 'badge-warn')}>
        ${word === 'right' ? '✓ ' : ''}
        ${t('cal.' + word)}
      </span>
    `;
}

/** A share with its interval; said is marked on the bar. @param {{share: any, said: number, min: number}} p */
const Was = ({ share, said, min }) =>
    html`
      <${IntervalBar}
          ...${share} goal=${said} min=${min} met=${share.of < FEW || share.high >= said} />
      <span class="small num nowrap">${shareText(share)}</span>
    `;

/** @param {{title: string, rows: any[], name: (x: any) => string, min: number}} p */
function Waits({ title, rows, name, min }) {
    return html`
      <${Scroll} label=${title}>
        <table class="table table-tight cal">
          <thead>
            <tr>
              <th>${title}</th>
              <th class="r">${t('cal.n')}</th>
              <th class="wide-col">${t('cal.p90')}</th>
              <th>${t('cal.judged')}</th>
              <th class="r">${t('cal.p50')}</th>
              <th class="r">${t('cal.off')}</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
                (x) => html`
                  <tr key=${name(x)}>
                    <th scope="row">${name(x)}</th>
                    <td class="r">${count(x.n)}</td>
                    <td><${Was} share=${x.p90} said=${0.9} min=${min} /></td>
                    <td><${Judged} share=${x.p90} said=${0.9} /></td>
                    <td class="r nowrap">${shareText(x.p50)}</td>
                    <td class="r">${stopwatch(x.off_s)}</td>
                  </tr>
                `,
            )}
          </tbody>
        </table>
      <//>
    `;
}

/** @param {{rows: any[]}} p */
function Chances({ rows }) {
    return html`
      <${Scroll} label=${t('cal.promise')}>
        <table class="table table-tight cal">
          <thead>
            <tr>
              <th>${t('cal.horizon')}</th>
              <th>${t('cal.said')}</th>
              <th class="r">${t('cal.n')}</th>
              <th class="r">${t('cal.said.mean')}</th>
              <th class="wide-col">${t('cal.was')}</th>
              <th>${t('cal.judged')}</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
                (x) => html`
                  <tr key=${x.horizon_min + '-' + x.from_percent}>
                    <th scope="row" class="nowrap">${t('adv.min', { n: x.horizon_min })}</th>
                    <td class="num nowrap">
                      ${t('cal.bucket', { a: x.from_percent, b: x.until_percent })}
                    </td>
                    <td class="r">${count(x.was.of)}</td>
                    <td class="r">${percent(x.said)}</td>
                    <td><${Was} share=${x.was} said=${x.said} min=${0} /></td>
                    <td><${Judged} share=${x.was} said=${x.said} /></td>
                  </tr>
                `,
            )}
          </tbody>
        </table>
      <//>
    `;
}

/** All the cases of one kind together, with Wilson's 95 % interval. @param {any[]} rows @param {'p50' | 'p90'} key @param {number} said */
function whole(rows, key, said) {
    const of = rows.reduce((n, x) => n + x[key].of, 0),
        p = rows.reduce((n, x) => n + x[key].kept, 0) / of,
        z = 1.96 ** 2 / of,
        middle = (p + z / 2) / (1 + z),
        half = Math.sqrt(z * (p * (1 - p) + z / 4)) / (1 + z);
    return { said, of, value: p, low: middle - half, high: middle + half };
}

/**
 * The reliability diagram: how sure it was said across, how often it came true up. What is right lies on
 * the diagonal. The tables below say the same in figures.
 * @param {{waits: any[], rows: any[]}} p
 */
function Diagram({ waits, rows }) {
    const told = waits.some((x) => x.p50.of > 0)
            ? [whole(waits, 'p50', 0.5), whole(waits, 'p90', 0.9)]
            : [],
        kept = rows.map((x) => ({ ...x.was, said: x.said }));
    const x = (/** @type {number} */ v) => 44 + v * 300,
        y = (/** @type {number} */ v) => 312 - v * 300;
    const most = Math.max(1, ...kept.map((p) => p.of));
    const ticks = [0, 0.25, 0.5, 0.75, 1];
    const whisker = (/** @type {any} */ p) =>
        html`<path class="rel-bar" d=${`M${x(p.said)} ${y(Math.max(0, p.low))}V${y(p.high)}`} />`;
    return html`
      <figure class="rel">
        <svg
            viewBox="0 0 356 356" role="img"
            aria-label=${t('cal.diagram.alt', { n: told.length + kept.length })}>
          <path class="rel-area" d=${`M${x(0)} ${y(0)}L${x(1)} ${y(1)}H${x(0)}Z`} />
          ${ticks.map(
              (v) => html`
                <path
                    key=${v} class="rel-grid"
                    d=${`M${x(v)} ${y(0)}V${y(1)}M${x(0)} ${y(v)}H${x(1)}`} />
                <text key=${'x' + v} class="rel-tick" x=${x(v)} y=${y(0) + 17} text-anchor="middle">
                  ${v * 100}
                </text>
                <text key=${'y' + v} class="rel-tick" x=${x(0) - 6} y=${y(v) + 4} text-anchor="end">
                  ${v * 100}
                </text>
              `,
          )}
          <path class="rel-right" d=${`M${x(0)} ${y(0)}L${x(1)} ${y(1)}`} />
          <text class="rel-word" x=${x(0.04)} y=${y(0.93)}>${t('cal.careful')}</text>
          <text class="rel-word" x=${x(0.97)} y=${y(0.05)} text-anchor="end">
            ${t('cal.hopeful')}
          </text>
          <text class="rel-axis" x=${x(0.5)} y=${y(0) + 38} text-anchor="middle">
            ${t('cal.axis.said')}
          </text>
          <text class="rel-axis" x="-162" y="11" text-anchor="middle" transform="rotate(-90)">
            ${t('cal.axis.was')}
          </text>
          ${kept.map(
              (p, i) => html`
                <g key=${i}>
                  ${whisker(p)}
                  <circle
                      class=${'rel-chance' + (p.of < FEW ? ' rel-few' : '')} cx=${x(p.said)}
                      cy=${y(p.value)} r=${4 + 6 * Math.sqrt(p.of / most)} />
                </g>
              `,
          )}
          ${told.map(
              (p) => html`
                <g key=${p.said}>
                  ${whisker(p)}
                  <rect
                      class=${'rel-wait' + (p.of < FEW ? ' rel-few' : '')} x=${x(p.said) - 6}
                      y=${y(p.value) - 6} width="12" height="12" />
                </g>
              `,
          )}
        </svg>
        <figcaption class="stack-s small">
          <p><strong>${t('cal.diagram')}</strong> ${t('cal.diagram.hint')}</p>
          ${told.length > 0 && html`
            <p class="rel-key">
              <svg viewBox="0 0 16 16" aria-hidden="true">
                <rect class="rel-wait" x="2" y="2" width="12" height="12" />
              </svg>
              ${t('cal.diagram.waits', {
                  p50: percent(told[0].value),
                  p90: percent(told[1].value),
                  n: count(told[1].of),
              })}
            </p>
          `}
          ${kept.length > 0 && html`
            <p class="rel-key">
              <svg viewBox="0 0 16 16" aria-hidden="true">
                <circle class="rel-chance" cx="8" cy="8" r="6" />
              </svg>
              ${t('cal.diagram.chance')}
            </p>
          `}
        </figcaption>
      </figure>
    `;
}

/** @param {{title: string, x: any}} p */
const Side = ({ title, x }) =>
    html`
      <div class="stat">
        <span class="label">${title}</span>
        <span class="value">${count(x.given)}</span>
        <span class="small muted num">
          ${
            x.scored
                ? t('cal.scored', {
                      kept: count(x.was.kept),
                      of: count(x.was.of),
                      said: percent(x.said),
                      range: shareText(x.was),
                  })
                : t('cal.unscored')
          }
        </span>
      </div>
    `;

/** @param {{a: any}} p */
function Advice({ a }) {
    return html`
      <section class="card stack-s" aria-labelledby="cal-advice">
        <h2 id="cal-advice">${t('cal.advice')}</h2>
        <div class="cal-sides">
          <div class="stat">
            <span class="label">${t('cal.given')}</span>
            <span class="value">${count(a.given)}</span>
            <span class="small muted num">${t('cal.declined', { n: count(a.declined) })}</span>
          </div>
          <${Side} title=${t('cal.followed')} x=${a.followed} />
          <${Side} title=${t('cal.not_followed')} x=${a.not_followed} />
        </div>
        <p class="small muted">${t('cal.advice.hint')}</p>
      </section>
    `;
}

/** The first thing to read: said nine in ten, was so many. @param {{rows: any[]}} p */
function Whole({ rows }) {
    const n = rows.reduce((sum, x) => sum + x.n, 0),
        kept = rows.reduce((sum, x) => sum + x.p90.kept, 0);
    return html`
      <p class="live-say">
        ${t('cal.whole', { n: count(n), kept: count(kept), share: percent(kept / n) })}
      </p>
    `;
}

export function Forecast() {
    const r = route.value;
    const l = useLoad('/api/advice-scores' + query(r), pollOf(r));
    const services = useLoad('/api/services');
    const classes = useLoad('/api/classes');
    const wait = state(l);
    if (wait) return wait;
    const d = l.data;
    const named = (/** @type {any} */ list, /** @type {(x: any) => boolean} */ is) =>
        pick(((list.data && list.data.items) || []).find(is));
    const by = (/** @type {string} */ key, /** @type {any[]} */ list) =>
        [...list].sort((a, b) => (a[key] || 1e9) - (b[key] || 1e9));
    const lengths = by('upto_min', d.by_length),
        kinds = [...d.by_service].sort((a, b) => (a.prefix < b.prefix ? -1 : 1)),
        people = [...d.by_class].sort((a, b) => a.class_index - b.class_index);
    const min = Math.min(
        0.6,
        ...[...lengths, ...kinds, ...people].filter((x) => x.n >= FEW).map((x) => scaleFrom(x.p90)),
    );
    return html`
      <div class="stack">
        <p class="muted small">${t('cal.hint')}</p>
        ${lengths.length + d.promise.length > 0 && html`
          <section class="card" aria-label=${t('cal.diagram')}>
            <${Diagram} waits=${lengths} rows=${d.promise} />
          </section>
        `}
        ${
          lengths.length === 0
              ? html`<p class="empty">${t('cal.none')}</p>`
              : html`
                  <section class="card stack" aria-labelledby="cal-waits">
                    <h2 id="cal-waits">${t('cal.waits')}</h2>
                    <${Whole} rows=${lengths} />
                    <${Waits}
                        title=${t('cal.by_length')} rows=${lengths} min=${min}
                        name=${(/** @type {any} */ x) =>
                            x.upto_min ? t('cal.upto', { n: x.upto_min }) : t('cal.over')} />
                    <${Waits}
                        title=${t('cal.by_service')} rows=${kinds} min=${min}
                        name=${(/** @type {any} */ x) =>
                            x.prefix +
                            ' ' +
                            named(services, (/** @type {any} */ s) => s.prefix === x.prefix)} />
                    <${Waits}
                        title=${t('cal.by_class')} rows=${people} min=${min}
                        name=${(/** @type {any} */ x) =>
                            named(classes, (/** @type {any} */ c) => c.index === x.class_index) ||
                            String(x.class_index)} />
                    <p class="small muted">${t('cal.waits.hint')}</p>
                  </section>
                `
        }
        <section class="card stack" aria-labelledby="cal-promise">
          <h2 id="cal-promise">${t('cal.promise')}</h2>
          ${
            d.promise.length
                ? html`
                    <${Chances} rows=${d.promise} />
                    <p class="small muted">${t('cal.overlap')}</p>
                  `
                : html`<p class="empty">${t('cal.promise.none')}</p>`
          }
        </section>
        <${Advice} a=${d.advice} />
      </div>
    `;
}
