// floor-dialogs.js -- What the floor manager does: take a number for somebody, move, void, mark, enter
// paper rolls, show the phone's QR code, stop issuing and close the day. Every change has its reason.
import { html, useEffect, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { get } from './api.js';
import { Dialog, Field, Loading, Qr, Select, StateBadge, toast, toastProblem } from './ui.js';
import { range, dateOf } from './format.js';
import { serverNow } from './live.js';
import {
    ActDialog,
    Choice,
    ClassBadge,
    CourtesyBadge,
    Reason,
    Wait,
    risk,
    waited,
    waits,
    word,
} from './staff.js';

/**
 * @typedef {{outlet: number, about: any, floor: any, actions: import("./staff.js").Actions, onClose: () => void, onDone: () => void}} Common
 */

/** A link that opens the print page of a ticket. @param {{id: number}} p */
const PrintLink = ({ id }) =>
    html`
      <a class="btn" href=${'/slip.html?id=' + id} target="_blank" rel="noopener">
        ${t('floor.print')}
      </a>
    `;

/** @param {Common} p */
export function TakeNumber({ outlet, about, actions, onClose, onDone }) {
    const [service, setService] = useState(0);
    const [more, setMore] = useState(/** @type {number[]} */ ([]));
    const [cls, setCls] = useState('');
    const [courtesy, setCourtesy] = useState(false);
    const [phone, setPhone] = useState('');
    const [took, setTook] = useState(/** @type {any} */ (null));
    const go = async () => {
        const a = await actions.post('take', `/api/outlets/${outlet}/tickets`, {
            service_id: service,
            ...(more.length ? { more_service_ids: more } : {}),
            ...(cls ? { class: cls } : {}),
            ...(courtesy ? { courtesy: true } : {}),
            ...(phone ? { phone } : {}),
        });
        if (a) {
            setTook(a);
            onDone();
        }
    };
    const again = () => {
        setTook(null);
        setService(0);
        setMore([]);
        setCls('');
        setCourtesy(false);
        setPhone('');
    };
    if (took)
        return html`
          <${Dialog}
              open=${true} onClose=${onClose} title=${t('floor.took')}
              actions=${html`
                <button type="button" class="btn" onClick=${again}>${t('floor.again')}</button>
                <${PrintLink} id=${took.id} />
                <button type="button" class="btn btn-primary" autofocus onClick=${onClose}>
                  ${t('dialog.close')}
                </button>
              `}>
            <div class="took">
              <p class="desk-big num">${took.number}</p>
              <p>${pick(took.service)}</p>
              <p class="muted">
                ${t('floor.took.ahead', { n: took.ahead ?? 0, range: range(took.forecast) })}
              </p>
              ${took.qr_svg && html`
                <${Qr} svg=${took.qr_svg} label=${t('floor.qr')} class="qr-small" />
              `}
            </div>
          <//>
        `;
    const others = about.services.filter((/** @type {any} */ s) => s.id !== service);
    return html`
      <${ActDialog}
          open=${true} wide onClose=${onClose} title=${t('floor.take')} go=${t('floor.take')}
          ready=${!!service} busy=${!!actions.busy.value} onGo=${go}>
        <${Choice}
            label=${t('floor.t.service')} value=${service} onInput=${setService} columns
            options=${about.services.map((/** @type {any} */ s) => ({
                value: s.id,
                text: s.prefix + ' ' + pick(s),
                hint: s.forecast ? range(s.forecast) : '',
            }))} />
        <div class="grid-2">
          <${Select}
              label=${t('floor.class')} value=${cls} onInput=${setCls}
              options=${[...about.classes]
                  .sort((/** @type {any} */ a, /** @type {any} */ b) => a.index - b.index)
                  .map((/** @type {any} */ c) => ({
                      value: c.index ? c.code : '',
                      text: pick(c),
                  }))} />
          <${Field}
              label=${t('floor.phone')} value=${phone} onInput=${setPhone} type="tel"
              inputmode="tel" maxlength=${20} autocomplete="off" />
        </div>
        <label class="check">
          <input
              type="checkbox" checked=${courtesy}
              onChange=${(/** @type {any} */ e) => setCourtesy(e.target.checked)} />
          <span>${t('floor.do.courtesy.on')}</span>
        </label>
        ${service > 0 && html`
          <fieldset>
            <legend>${t('floor.more')}</legend>
            <div class="row-s">
              ${others.map(
                  (/** @type {any} */ s) => html`
                    <button
                        key=${s.id} type="button" class="chip"
                        aria-pressed=${String(more.includes(s.id))}
                        onClick=${() =>
                            setMore(
                                more.includes(s.id)
                                    ? more.filter((x) => x !== s.id)
                                    : [...more, s.id],
                            )}>
                      ${pick(s)}
                    </button>
                  `,
              )}
            </div>
          </fieldset>
        `}
      <//>
    `;
}

/** One ticket: what it is, and what may be done with it. @param {Common & {ticket: any}} p */
export function TicketDialog({ about, floor, actions, onClose, onDone, ticket }) {
    const x = floor.tickets.find((/** @type {any} */ o) => o.id === ticket.id) || ticket;
    const may = waits(x)
        ? ['move', 'courtesy', 'class', 'left', 'void']
        : x.state === 'parked'
          ? ['return', 'left', 'void']
          : x.state === 'no_show'
            ? ['return']
            : x.state === 'called' || x.state === 'serving'
              ? ['class', 'courtesy']
              : x.state === 'booked'
                ? ['left', 'void']
                : [];
    const [what, setWhat] = useState(may[0] || '');
    const [reason, setReason] = useState('');
    const [first, setFirst] = useState(false);
    const [service, setService] = useState('');
    const [window_, setWindow] = useState('');
    const [cls, setCls] = useState(x.class.code);
    const bodies = /** @type {Record<string, any>} */ ({
        move: {
            ...(service ? { service_id: Number(service) } : {}),
            ...(window_ ? { window_id: Number(window_) } : {}),
            first,
            reason,
        },
        courtesy: { courtesy: !x.courtesy, reason },
        class: { class: cls, reason },
        left: { reason },
        void: { reason },
        return: { first },
    });
    const needs = what !== 'return';
    const ready =
        !!what &&
        (!needs || reason.trim().length > 1) &&
        (what !== 'class' || cls !== x.class.code) &&
        (what !== 'move' || first || !!service || !!window_);
    const go = async () => {
        const done = await actions.post(what, `/api/tickets/id/${x.id}/${what}`, bodies[what]);
        onDone();
        if (done) {
            toast(t('floor.do.done', { number: x.number }), 'ok');
            onClose();
        }
    };
    const usual = /** @type {Record<string, string[]>} */ ({
        move: [
            'staff.usual.urgent',
            'staff.usual.wrong',
            'staff.usual.returned',
            'staff.usual.asked',
        ],
        courtesy: ['staff.usual.elderly'],
        class: ['staff.usual.asked', 'staff.usual.wrong'],
        left: ['staff.usual.gone'],
        void: ['staff.usual.wrong', 'staff.usual.asked'],
    });
    const s = waited(x, floor);
    return html`
      <${ActDialog}
          open=${true} wide onClose=${onClose} title=${x.number}
          go=${what ? t('floor.do.' + what) : t('dialog.ok')} danger=${what === 'void'}
          ready=${ready} busy=${!!actions.busy.value} onGo=${go}>
        <div class="row row-between">
          <p class="row-s">
            <strong>${pick(x, 'service_name')}</strong>
            <${ClassBadge} of=${x.class} always=${true} />
            ${x.courtesy && html`<${CourtesyBadge} />`}
            <${StateBadge} state=${x.state} />
            <${Wait} s=${s} state=${waits(x) ? risk(s, x.class.target_s) : 'fine'} />
            <span class="small muted">${word('source', x.source)}</span>
          </p>
          <span class="row-s">
            <${PrintLink} id=${x.id} />
            <a
                class="btn" href=${'/office.html#view=ticket&id=' + x.id} target="_blank"
                rel="noopener">
              ${t('floor.life')}
            </a>
          </span>
        </div>
        ${may.length > 0 && html`
          <${Choice}
              label=${t('floor.do')} value=${what} onInput=${setWhat} columns
              options=${may.map((m) => ({
                  value: m,
                  text:
                      m === 'courtesy' && x.courtesy
                          ? t('floor.do.courtesy.off')
                          : t('floor.do.' + m),
              }))} />
        `}
        ${what === 'move' && html`
          <div class="grid-2">
            <${Select}
                label=${t('floor.t.service')} value=${service} onInput=${setService}
                options=${[
                    { value: '', text: t('floor.move.keep') },
                    ...(about ? about.services : []).map((/** @type {any} */ o) => ({
                        value: o.id,
                        text: o.prefix + ' ' + pick(o),
                    })),
                ]} />
            <${Select}
                label=${t('floor.windows')} value=${window_} onInput=${setWindow}
                options=${[
                    { value: '', text: t('floor.move.any') },
                    ...floor.windows.map((/** @type {any} */ w) => ({
                        value: w.id,
                        text: t('win.number', { n: w.number }) + ' ' + pick(w),
                    })),
                ]} />
          </div>
        `}
        ${what === 'class' && about && html`
          <${Select}
              label=${t('floor.class')} value=${cls} onInput=${setCls}
              options=${about.classes.map((/** @type {any} */ c) => ({
                  value: c.code,
                  text: pick(c),
              }))} />
        `}
        ${(what === 'move' || what === 'return') && html`
          <label class="check">
            <input
                type="checkbox" checked=${first}
                onChange=${(/** @type {any} */ e) => setFirst(e.target.checked)} />
            <span>${t('win.first')} <span class="small muted">${t('win.first.hint')}</span></span>
          </label>
        `}
        ${needs && what && html`
          <${Reason} value=${reason} onInput=${setReason} required usual=${usual[what]} />
        `}
      <//>
    `;
}

/** @param {Common & {onGo: (b: any) => void}} p */
export function StopIssuing({ actions, onClose, onGo }) {
    const [reason, setReason] = useState('');
    return html`
      <${ActDialog}
          open=${true} onClose=${onClose} title=${t('floor.stop')} go=${t('floor.stop')}
          ready=${reason.trim().length > 1} busy=${!!actions.busy.value}
          onGo=${() => onGo({ reason })}>
        <p class="muted">${t('floor.stop.hint')}</p>
        <${Reason}
            value=${reason} onInput=${setReason} required
            usual=${['floor.usual.full', 'floor.usual.system']} />
      <//>
    `;
}
/** @param {Common & {onGo: (b: any) => void}} p */
export function CloseDay({ floor, actions, onClose, onGo }) {
    const left = floor.tickets.filter((/** @type {any} */ x) =>
        ['waiting', 'transferred', 'called', 'serving', 'parked'].includes(x.state),
    ).length;
    const [carry, setCarry] = useState(false);
    const [reason, setReason] = useState(left ? '' : t('floor.usual.dayend'));
    return html`
      <${ActDialog}
          open=${true} onClose=${onClose} title=${t('floor.close')} go=${t('floor.close')}
          danger=${left > 0} ready=${reason.trim().length > 1} busy=${!!actions.busy.value}
          onGo=${() => onGo({ carry_over: carry, reason })}>
        <p class=${left ? 'strong' : 'muted'}>
          ${left ? t('floor.close.left', { n: left }) : t('floor.close.none')}
        </p>
        ${left > 0 && html`
          <${Choice}
              label=${t('floor.close.what')} value=${carry} onInput=${setCarry}
              options=${[
                  { value: false, text: t('floor.close.void') },
                  { value: true, text: t('floor.close.carry') },
              ]} />
        `}
        <${Reason}
            value=${reason} onInput=${setReason} required
            usual=${['floor.usual.dayend', 'floor.usual.system']} />
      <//>
    `;
}

/** @param {Common} p */
export function PassQr({ outlet, floor, onClose }) {
    const [pass, setPass] = useState(/** @type {any} */ (null));
    useEffect(() => {
        get(`/api/outlets/${outlet}/pass`).then(setPass, (e) => {
            toastProblem(e);
            onClose();
        });
    }, []);
    const print = () => {
        document.documentElement.classList.add('print-dialog');
        window.print();
        document.documentElement.classList.remove('print-dialog');
    };
    return html`
      <${Dialog}
          open=${true} onClose=${onClose} title=${t('floor.qr')}
          actions=${html`
            <button type="button" class="btn" onClick=${print}>${t('floor.qr.print')}</button>
            <button type="button" class="btn btn-primary" onClick=${onClose}>
              ${t('dialog.close')}
            </button>
          `}>
        ${
          !pass
              ? html`<${Loading} />`
              : html`
                  <div class="took">
                    <p class="strong">${pick(floor.outlet)}</p>
                    <${Qr} svg=${pass.qr_svg} label=${pass.url} class="qr-big" />
                    <p>${t('floor.qr.hint')}</p>
                    <p class="tiny muted break">${pass.url}</p>
                  </div>
                `
        }
      <//>
    `;
}

/** @param {string} time "09:05" @param {string} date */
const at = (time, date) => (time ? Date.parse(`${date}T${time}:00+08:00`) : undefined);
const EMPTY = { number: '', service: '', taken: '', called: '', ended: '', window: '', error: '' };

/** Numbers called from paper while nothing worked. @param {Common} p */
export function Rolls({ outlet, about, floor, actions, onClose, onDone }) {
    const [rows, setRows] = useState([{ ...EMPTY }, { ...EMPTY }, { ...EMPTY }]);
    const date = floor.day.date || dateOf(serverNow());
    const full = rows.filter((r) => r.number.trim() && r.taken && r.service);
    /** @param {number} i @param {string} field @param {string} value */
    const set = (i, field, value) =>
        setRows(rows.map((r, n) => (n === i ? { ...r, [field]: value, error: '' } : r)));
    const go = async () => {
        const a = await actions.post('rolls', `/api/outlets/${outlet}/rolls`, {
            items: full.map((r) => ({
                number: r.number.trim(),
                service_id: Number(r.service),
                taken_ms: at(r.taken, date),
                ...(r.called ? { called_ms: at(r.called, date) } : {}),
                ...(r.ended ? { ended_ms: at(r.ended, date) } : {}),
                ...(r.window ? { window_number: Number(r.window) } : {}),
            })),
        });
        if (!a) return;
        onDone();
        if (a.added) toast(t('floor.rolls.added', { n: a.added }), 'ok');
        if (!a.refused.length) return onClose();
        toast(t('floor.rolls.bad', { n: a.refused.length }), 'danger');
        setRows(a.refused.map((/** @type {any} */ f) => ({ ...full[f.index], error: f.title })));
    };
    const cell = (
        /** @type {number} */ i,
        /** @type {string} */ field,
        /** @type {string} */ type,
        cls = '',
    ) => html`
      <input
          class=${'input ' + cls} type=${type} value=${/** @type {any} */ (rows[i])[field]}
          aria-label=${t('floor.rolls.row', { n: i + 1 }) + ' ' + t('floor.rolls.' + field)}
          onInput=${(/** @type {any} */ e) => set(i, field, e.target.value)} autocomplete="off" />
    `;
    return html`
      <${ActDialog}
          open=${true} wide onClose=${onClose} title=${t('floor.rolls')}
          go=${t('floor.rolls.go', { n: full.length })} ready=${full.length > 0}
          busy=${!!actions.busy.value} onGo=${go}>
        <p class="muted small">${t('floor.rolls.hint')}</p>
        <div class="table-wrap" tabindex="0" role="region" aria-label=${t('floor.rolls')}>
          <table class="table rolls">
            <thead>
              <tr>
                <th>${t('floor.rolls.number')}</th>
                <th>${t('floor.t.service')}</th>
                <th>${t('floor.rolls.taken')}</th>
                <th>${t('floor.rolls.called')}</th>
                <th>${t('floor.rolls.ended')}</th>
                <th>${t('floor.rolls.window')}</th>
              </tr>
            </thead>
            <tbody>
              ${rows.map(
                  (r, i) => html`
                    <tr key=${i}>
                      <td>${cell(i, 'number', 'text', 'in-s')}</td>
                      <td>
                        <select
                            class="select"
                            aria-label=${
                              t('floor.rolls.row', { n: i + 1 }) + ' ' + t('floor.t.service')
                            }
                            value=${r.service}
                            onChange=${(/** @type {any} */ e) => set(i, 'service', e.target.value)}>
                          <option value="">—</option>
                          ${about.services.map(
                              (/** @type {any} */ s) =>
                                  html`
                                    <option key=${s.id} value=${s.id}>
                                      ${s.prefix} ${pick(s)}
                                    </option>
                                  `,
                          )}
                        </select>
                      </td>
                      <td>${cell(i, 'taken', 'time')}</td>
                      <td>${cell(i, 'called', 'time')}</td>
                      <td>${cell(i, 'ended', 'time')}</td>
                      <td>${cell(i, 'window', 'number', 'in-xs')}</td>
                    </tr>
                    ${r.error && html`
                      <tr key=${i + 'e'}>
                        <td colspan="6" class="roll-error" role="alert">${r.number}: ${r.error}</td>
                      </tr>
                    `}
                  `,
              )}
            </tbody>
          </table>
        </div>
        <div>
          <button
              type="button" class="btn btn-small"
              onClick=${() =>
                  setRows([
                      ...rows,
                      { ...EMPTY, service: rows.length ? rows[rows.length - 1].service : '' },
                  ])}>
            ${t('floor.rolls.add')}
          </button>
        </div>
      <//>
    `;
}
