// window-parts.js -- What the teller sees: the present visit, the keys, who waits, the own day.
import { html } from './vendor.js';
import { t, pick } from './texts.js';
import { now } from './live.js';
import { StateBadge } from './ui.js';
import { count, duration, stopwatch, time } from './format.js';
import { ClassBadge, CourtesyBadge, Wait, ago, risk, word } from './staff.js';
import { Key, act, actions, last, show } from './window-desk.js';

/** @param {{d: any}} p */
export function Current({ d }) {
    const ticket = d.ticket,
        s = d.session;
    if (!ticket && s.state === 'paused')
        return html`
          <section class="card desk-now desk-paused" aria-labelledby="now-title">
            <p class="desk-state" id="now-title">${t('win.paused')}</p>
            <p class="desk-big">${word('win.pause', s.pause_reason || 'other')}</p>
            <p class="muted">${t('win.paused.for', { time: stopwatch(ago(s.since_ms)) })}</p>
            <${Key} name="pause" d=${d} k="B" text=${t('win.resume')} kind="btn-primary btn-big" />
          </section>
        `;
    if (!ticket)
        return html`
          <section class="card desk-now" aria-labelledby="now-title">
            <p class="desk-state" id="now-title">${t('win.free')}</p>
            ${
              d.next
                  ? html`
                      <p class="muted">${t('win.up.next')}</p>
                      <p class="desk-big num">${d.next.number}</p>
                      <p>
                        ${pick(d.next, 'service_name')} <span class="muted">
                          · ${t('win.waited', { time: stopwatch(d.next.waited_s) })}
                        </span>
                      </p>
                    `
                  : html`
                      <p class="desk-big desk-none">${t('win.nobody')}</p>
                      <p class="muted">${t('win.nobody.hint')}</p>
                    `
            }
            <${Key} name="next" d=${d} k="␣" text=${t('win.next')} kind="btn-primary btn-big" />
          </section>
        `;
    const called = ticket.state === 'called';
    const since = called ? ticket.called_ms : ticket.serving_ms;
    const long = !called && ago(since) > Math.max(1200, 3 * (d.today.mean_handling_s || 0));
    return html`
      <section class=${'card desk-now desk-' + ticket.state} aria-labelledby="now-title">
        <p class="desk-state" id="now-title">
          <${StateBadge} state=${ticket.state} /> <span
              class="num desk-timer" title=${t(called ? 'win.calling' : 'win.handling')}>
            ${stopwatch(ago(since))}
          </span>
        </p>
        <p class="desk-big num" aria-live="polite">${ticket.number}</p>
        <p class="row-s desk-tags">
          <strong>${pick(ticket.service)}</strong>
          <${ClassBadge} of=${ticket.class} always=${true} />
          ${ticket.courtesy && html`<${CourtesyBadge} />`}
          ${ticket.booking && html`
            <span class="badge badge-info">
              ${t('win.booked', { time: time(ticket.booking.slot_ms) })}
            </span>
          `}
          ${ticket.recalls > 0 && html`
            <span class="badge">${t('win.recalled', { n: ticket.recalls })}</span>
          `}
        </p>
        <dl class="facts">
          <div>
            <dt>${t('win.wait')}</dt>
            <dd>
              <${Wait} s=${ticket.waited_s} state=${risk(ticket.waited_s, ticket.class.target_s)} />
            </dd>
          </div>
          <div>
            <dt>${t('win.taken')}</dt>
            <dd class="num">
              ${time(ticket.taken_ms)} <span class="muted small">
                ${word('source', ticket.source)}
              </span>
            </dd>
          </div>
        </dl>
        ${ticket.services && ticket.services.length > 1 && html`<${Ticks} ticket=${ticket} />`}
        ${
          !ticket.services || ticket.services.length < 2
              ? html`
                  <p class="small muted desk-docs">
                    ${
                      pick(ticket.service, 'documents') &&
                      t('win.documents', { text: pick(ticket.service, 'documents') })
                    }
                  </p>
                `
              : null
        }
        ${d.why && html`
          <p class="desk-why"><span class="strong">${t('win.why')}</span> ${pick(d.why, 'text')}</p>
        `}
        ${long && html`
          <div class="banner banner-warn">
            ${t('win.forgot.hint', { time: duration(ago(since)) })}
            <button type="button" class="btn btn-small" onClick=${() => show('correct')}>
              ${t('win.correct')}
              <span class="kbd" aria-hidden="true">G</span>
            </button>
          </div>
        `}
      </section>
    `;
}

/** The services of one visit, ticked as they are done. @param {{ticket: any}} p */
const Ticks = ({ ticket }) => html`
  <section class="ticks" aria-labelledby="ticks-title">
    <h2 id="ticks-title" class="strong small">${t('win.services')}</h2>
    <ul>
      ${ticket.services.map(
          (/** @type {any} */ s) =>
              html`
                <li key=${s.id} class=${'tick tick-' + s.state}>
                  <span aria-hidden="true">
                    ${s.state === 'done' ? '✓' : s.state === 'now' ? '▸' : '○'}
                  </span> ${pick(s)} <span class="small muted">${t('win.service.' + s.state)}</span>
                </li>
              `,
      )}
    </ul>
  </section>
`;

/** What comes after the present service, if the visit has more. @param {any} ticket */
function more_to_do(ticket) {
    const next = (ticket.services || []).filter((/** @type {any} */ s) => s.state === 'todo')[0];
    return next ? t('win.end.then', { service: pick(next) }) : null;
}

/** @param {{d: any}} p */
export function Keys({ d }) {
    const ticket = d.ticket;
    const wait_s =
        d.recall && d.recall.ready_ms > now.value
            ? Math.ceil((d.recall.ready_ms - now.value) / 1000)
            : 0;
    const called = ticket && ticket.state === 'called';
    return html`
      <div class="keys" role="group" aria-label=${t('win.keys')}>
        ${
          called
              ? html`
                  <${Key} name="serve" d=${d} k="S" text=${t('win.serve')} kind="btn-primary" />
                  <${Key}
                      name="recall" d=${d} k="R" text=${t('win.recall')}
                      note=${
                        wait_s
                            ? t('dur.s', { n: wait_s })
                            : t('win.recall.left', { n: d.recall ? d.recall.left : 0 })
                      } />
                  <${Key} name="no_show" d=${d} k="X" text=${t('win.no_show')} />
                `
              : ticket
                ? html`
                    <${Key}
                        name="end" d=${d} k="E" text=${t('win.end')} kind="btn-primary"
                        note=${more_to_do(ticket)} />
                    <a class="btn key" href="/counter.html" aria-keyshortcuts="m">
                      <span class="key-text">${t('win.counter')}</span>
                      <span class="kbd" aria-hidden="true">M</span>
                    </a>
                  `
                : null
        }
        ${ticket && html`
          <${Key} name="transfer" d=${d} k="T" text=${t('win.transfer')} />
          <${Key} name="park" d=${d} k="P" text=${t('win.park')} />
        `}
        ${!ticket && d.session.state === 'open' && html`
          <${Key} name="pause" d=${d} k="B" text=${t('win.pause')} />
        `}
        ${!ticket && last.value && html`
          <${Key} name="correct" d=${d} k="G" text=${t('win.correct')} note=${last.value.number} />
        `}
      </div>
    `;
}

/** The last step can be taken back for a short while. @param {{d: any}} p */
export function Undo({ d }) {
    const left = d.undo ? Math.ceil((d.undo.until_ms - now.value) / 1000) : 0;
    return html`
      <div class=${'undo ' + (left > 0 ? '' : 'undo-none')}>
        ${left > 0 && html`
          <span>
            ${t('win.undo.what', { what: word('win.did', d.undo.what), number: d.undo.number })}
          </span>
          <${Key}
              name="undo" d=${d} k="U" text=${t('win.undo')} note=${t('dur.s', { n: left })}
              kind="btn-small" />
        `}
      </div>
    `;
}

/* ---- the side: who waits, who is parked, how today went ---- */

/** @param {{d: any}} p */
export function Side({ d }) {
    const mine = d.waiting.filter((/** @type {any} */ w) => w.eligible);
    const others = d.waiting.length - mine.length;
    const next = d.next ? d.next.number : '';
    /* the one the rule will call comes first, then the others in the order of their waits */
    const order = [...mine].sort(
        (a, b) => Number(b.number === next) - Number(a.number === next) || b.waited_s - a.waited_s,
    );
    const since = ago(d.now_ms);
    return html`
      <aside class="desk-side stack">
        <section class="card" aria-labelledby="side-wait">
          <div class="card-head">
            <h2 id="side-wait">${t('win.waiting')}</h2>
            <span class="num strong">${t('win.people', { n: mine.length })}</span>
          </div>
          ${
            order.length === 0
                ? html`<p class="muted">${t('win.nobody')}</p>`
                : html`
                    <ol class="queue">
                      ${order.slice(0, 8).map(
                          (w) => html`
                            <li key=${w.id} class=${w.number === next ? 'queue-next' : ''}>
                              <button
                                  type="button" class="queue-row"
                                  disabled=${!!d.ticket || d.session.state !== 'open'}
                                  onClick=${() => show('call', w)}
                                  title=${t('win.call.this', { number: w.number })}>
                                <strong class="num">${w.number}</strong>
                                <span class="grow queue-what">
                                  ${pick(w, 'service_name')} <${ClassBadge} of=${w.class} />
                                  ${w.courtesy && html`<${CourtesyBadge} />`}
                                </span>
                                <${Wait}
                                    s=${w.waited_s + since}
                                    state=${risk(w.waited_s + since, w.class.target_s || 0)} />
                              </button>
                            </li>
                          `,
                      )}
                    </ol>
                  `
          }
          ${order.length > 8 && html`
            <p class="small muted">${t('win.more', { n: order.length - 8 })}</p>
          `}
          ${others > 0 && html`<p class="small muted">${t('win.others', { n: others })}</p>`}
        </section>
        ${d.parked.length > 0 && html`
          <section class="card" aria-labelledby="side-parked">
            <h2 id="side-parked">${t('win.parked')}</h2>
            <ul class="queue">
              ${d.parked.map(
                  (/** @type {any} */ p) => html`
                    <li key=${p.id} class="queue-parked">
                      <strong class="num">${p.number}</strong>
                      <span class="grow small">${pick(p, 'service_name')}</span>
                      <button
                          type="button" class="btn btn-small" disabled=${!!actions.busy.value}
                          onClick=${() => act('return', { ticket_id: p.id, first: true })}>
                        ${t('win.return.first')}
                      </button>
                      <button
                          type="button" class="btn btn-small btn-quiet"
                          disabled=${!!actions.busy.value}
                          onClick=${() => act('return', { ticket_id: p.id, first: false })}>
                        ${t('win.return.turn')}
                      </button>
                    </li>
                  `,
              )}
            </ul>
          </section>
        `}
        <section class="card" aria-labelledby="side-today">
          <h2 id="side-today">${t('win.today')}</h2>
          <dl class="today">
            <div>
              <dt>${t('win.today.served')}</dt>
              <dd class="num">${count(d.today.served)}</dd>
            </div>
            <div>
              <dt>${t('win.today.handling')}</dt>
              <dd class="num">
                ${d.today.mean_handling_s ? stopwatch(d.today.mean_handling_s) : '—'}
              </dd>
            </div>
            <div>
              <dt>${t('win.today.wait')}</dt>
              <dd class="num">
                ${
                  d.today.mean_wait_s || d.today.mean_wait_s === 0
                      ? stopwatch(d.today.mean_wait_s)
                      : '—'
                }
              </dd>
            </div>
            <div>
              <dt>${t('win.today.no_show')}</dt>
              <dd class="num">${count(d.today.no_shows)}</dd>
            </div>
          </dl>
        </section>
      </aside>
    `;
}
