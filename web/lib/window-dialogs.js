// window-dialogs.js -- What a step needs to know first: where to, why, since when.
import { html, useMemo, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { newKey, post } from './api.js';
import { now } from './live.js';
import { Dialog, toast } from './ui.js';
import { time } from './format.js';
import { ActDialog, Choice, Reason, keep } from './staff.js';
import { act, actions, here, keysOn, last, show, subject, windowId } from './window-desk.js';

const PAUSES = ['lunch', 'short', 'cash', 'meeting', 'training', 'other'];
const PARKS = ['forms', 'documents', 'other'];

/** @param {{d: any}} p */
export function Transfer({ d }) {
    const [kind, setKind] = useState('service');
    const [to, setTo] = useState(0);
    const [first, setFirst] = useState(false);
    const [reason, setReason] = useState('');
    const lists = /** @type {Record<string, {value: number, text: string}[]>} */ ({
        service: d.services.map((/** @type {any} */ s) => ({
            value: s.id,
            text: s.prefix + ' ' + pick(s),
        })),
        window: d.windows
            .filter((/** @type {any} */ w) => w.id !== d.window.id)
            .map((/** @type {any} */ w) => ({
                value: w.id,
                text: t('win.number', { n: w.number }) + ' ' + pick(w),
            })),
        staff: d.staff
            .filter((/** @type {any} */ s) => s.id !== d.session.staff_id)
            .map((/** @type {any} */ s) => ({ value: s.id, text: s.name })),
    });
    return html`
      <${ActDialog}
          open=${true} wide onClose=${() => show('')}
          title=${t('win.transfer.title', { number: d.ticket.number })} go=${t('win.transfer')}
          ready=${!!to} busy=${!!actions.busy.value}
          onGo=${() =>
              act('transfer', { [kind + '_id']: to, first, ...(reason ? { reason } : {}) })}>
        <div class="seg seg-fit" role="group" aria-label=${t('win.transfer.kind')}>
          ${Object.keys(lists).map(
              (k) => html`
                <button
                    key=${k} type="button" aria-pressed=${String(kind === k)}
                    onClick=${() => {
                        setKind(k);
                        setTo(0);
                    }}>
                  ${t('win.transfer.' + k)}
                </button>
              `,
          )}
        </div>
        <${Choice}
            key=${kind} label=${t('win.transfer.to')} value=${to} onInput=${setTo}
            options=${lists[kind]} columns />
        <label class="check">
          <input
              type="checkbox" checked=${first}
              onChange=${(/** @type {any} */ e) => setFirst(e.target.checked)} />
          <span>${t('win.first')} <span class="small muted">${t('win.first.hint')}</span></span>
        </label>
        <${Reason} value=${reason} onInput=${setReason} />
      <//>
    `;
}
/** @param {{d: any}} p */
export function Park({ d }) {
    const [reason, setReason] = useState('forms');
    return html`
      <${ActDialog}
          open=${true} onClose=${() => show('')}
          title=${t('win.park.title', { number: d.ticket.number })} go=${t('win.park')}
          busy=${!!actions.busy.value} onGo=${() => act('park', { reason })}>
        <p class="muted">${t('win.park.hint')}</p>
        <${Choice}
            label=${t('staff.reason')} value=${reason} onInput=${setReason}
            options=${PARKS.map((p) => ({ value: p, text: t('win.parks.' + p) }))} />
      <//>
    `;
}
export function Pause() {
    const [reason, setReason] = useState('lunch');
    const [note, setNote] = useState('');
    return html`
      <${ActDialog}
          open=${true} onClose=${() => show('')} title=${t('win.pause')} go=${t('win.pause')}
          busy=${!!actions.busy.value}
          onGo=${() => act('pause', { reason, ...(note ? { note } : {}) })}>
        <${Choice}
            label=${t('staff.reason')} value=${reason} onInput=${setReason} columns
            options=${PAUSES.map((p) => ({ value: p, text: t('win.pause.' + p) }))} />
        ${reason === 'other' && html`<${Reason} value=${note} onInput=${setNote} />`}
      <//>
    `;
}
export function CallThis() {
    const [reason, setReason] = useState('');
    const w = subject.value;
    return html`
      <${ActDialog}
          open=${true} onClose=${() => show('')} title=${t('win.call.this', { number: w.number })}
          go=${t('win.call')} ready=${reason.trim().length > 1} busy=${!!actions.busy.value}
          onGo=${() => act('call', { ticket_id: w.id, reason: reason.trim() })}>
        <p class="muted">${t('win.call.hint')}</p>
        <${Reason}
            value=${reason} onInput=${setReason} required
            usual=${['staff.usual.urgent', 'staff.usual.returned', 'staff.usual.appointment']} />
      <//>
    `;
}
/** The end was forgotten: when was it really? Ends a visit still open first. @param {{d: any}} p */
export function Correct({ d }) {
    const serving = d.ticket && d.ticket.state === 'serving';
    const ticket = serving ? d.ticket : last.value;
    const from = ticket ? ticket.serving_ms || ticket.called_ms || 0 : 0;
    const until = serving ? now.value : ticket ? ticket.ended_ms : 0;
    const [back, setBack] = useState(0);
    const [reason, setReason] = useState(t('win.correct.usual'));
    const choices = useMemo(
        () => [1, 2, 3, 5, 10, 15, 20, 30, 45].filter((m) => until - m * 60000 > from).slice(-6),
        [ticket && ticket.id],
    );
    if (!ticket) return null;
    const go = () =>
        actions.run('correct', async () => {
            if (serving) {
                here.live.data.value = await post(
                    `/api/windows/${windowId.value}/end`,
                    {},
                    { key: newKey(), tries: 3 },
                );
                last.value = { ...ticket, ended_ms: until };
            }
            await post(
                `/api/tickets/id/${ticket.id}/correct`,
                { ended_ms: Math.round(until - back * 60000), reason: reason.trim() },
                { key: newKey(), tries: 3 },
            );
            last.value = null;
            toast(t('win.corrected', { number: ticket.number }), 'ok');
            show('');
            here.live.refresh();
        });
    return html`
      <${ActDialog}
          open=${true} onClose=${() => show('')}
          title=${t('win.correct.title', { number: ticket.number })} go=${t('win.correct')}
          ready=${back > 0 && reason.trim().length > 1} busy=${!!actions.busy.value} onGo=${go}>
        <p class="muted">${t('win.correct.hint', { from: time(from), until: time(until) })}</p>
        ${
          choices.length
              ? html`
                  <${Choice}
                      label=${t('win.correct.when')} value=${back} onInput=${setBack} columns
                      options=${choices.map((m) => ({
                          value: m,
                          text: t('win.correct.ago', { n: m }),
                          hint: time(until - m * 60000),
                      }))} />
                `
              : html`<p>${t('win.correct.short')}</p>`
        }
        <${Reason} value=${reason} onInput=${setReason} required />
      <//>
    `;
}
export function Help() {
    const rows = [
        ['␣ / N', 'next'],
        ['R', 'recall'],
        ['S', 'serve'],
        ['E', 'end'],
        ['T', 'transfer'],
        ['P', 'park'],
        ['X', 'no_show'],
        ['U', 'undo'],
        ['B', 'pause'],
        ['G', 'correct'],
        ['?', 'help'],
    ];
    return html`
      <${Dialog}
          open=${true} onClose=${() => show('')} title=${t('win.help')} wide
          actions=${html`
            <button type="button" class="btn btn-primary" onClick=${() => show('')}>
              ${t('dialog.close')}
            </button>
          `}>
        <dl class="help-keys">
          ${rows.map(
              ([k, name]) =>
                  html`
                    <div key=${k}>
                      <dt><span class="kbd">${k.replace('␣', t('win.space'))}</span></dt>
                      <dd>
                        <strong>${t('win.' + name)}</strong> <span class="muted">
                          ${t('win.' + name + '.help')}
                        </span>
                      </dd>
                    </div>
                  `,
          )}
        </dl>
        <label class="check">
          <input
              type="checkbox" checked=${keysOn.value}
              onChange=${(/** @type {any} */ e) => {
                  keysOn.value = e.target.checked;
                  keep('keys', keysOn.value ? 'on' : 'off');
              }} />
          <span>${t('win.keys.on')}</span>
        </label>
      <//>
    `;
}
