// floor-duty.js -- Who the published roster has at work now, and where they are.
import { html, useEffect, useState } from './vendor.js';
import { t } from './texts.js';
import { get } from './api.js';
import { now } from './live.js';
import { clockOf } from './format.js';

/** On break, at a window, or nowhere though it is the time. @param {any} x @param {any[]} windows */
function place(x, windows) {
    const w = windows.find((y) => y.session && y.session.staff_id === x.staff_id);
    if (w)
        return {
            tone: 'badge-ok',
            text: t(w.session.state === 'paused' ? 'duty.paused' : 'floor.t.at', { n: w.number }),
        };
    return x.on_break
        ? {
              tone: '',
              text: t('duty.break', { until: clockOf((x.break_from + x.break_minutes) * 60) }),
          }
        : { tone: 'badge-warn', text: t('duty.away') };
}

/** Nothing where no roster is published for today. @param {{outlet: number, windows: any[]}} p */
export function Duty({ outlet, windows }) {
    const [items, setItems] = useState(/** @type {any[]} */ ([]));
    const minute = Math.floor(now.value / 60000);
    useEffect(() => {
        get(`/api/outlets/${outlet}/duty`).then(
            (a) => setItems(a.items),
            () => {} /* the next minute asks again */,
        );
    }, [outlet, minute]);
    if (!items.length) return null;
    return html`
      <section class="card" aria-labelledby="duty-title">
        <div class="card-head">
          <h2 id="duty-title">${t('duty.title')}</h2>
          <span class="small muted">${t('duty.hint')}</span>
        </div>
        <ul class="duty">
          ${items.map((x) => {
              const at = place(x, windows);
              return html`
                <li key=${x.staff_id} class="row row-between row-nowrap">
                  <span>
                    ${x.name}
                    ${' '}
                    <span class="small muted num">
                      ${clockOf(x.from * 60)}–${clockOf(x.until * 60)}
                      ${x.lent ? ' · ' + t('duty.lent') : ''}
                    </span>
                  </span>
                  <span class=${'badge nowrap ' + at.tone}>${at.text}</span>
                </li>
              `;
          })}
        </ul>
      </section>
    `;
}
