// admin-base.js -- Forms of the settings page: one write at a time, the server's word at its field.
import { html, useEffect, useState } from './vendor.js';
import { t } from './texts.js';
import { send, Problem } from './api.js';
import { toast, toastProblem } from './ui.js';

/**
 * Saving, with the refusal shown at its field.
 * @returns {{busy: boolean, error: (field: string) => string, save: (method: "POST"|"PUT"|"PATCH", path: string, body: any) => Promise<any>, clear: () => void}}
 */
export function useSave() {
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    return {
        busy,
        error: (field) =>
            problem && problem.field === field ? problem.detail || problem.title : '',
        clear: () => setProblem(null),
        async save(method, path, body) {
            if (busy) return null;
            setBusy(true);
            setProblem(null);
            try {
                return await send(method, path, body);
            } catch (e) {
                const p = /** @type {Problem} */ (e);
                setProblem(p);
                toastProblem(p);
                return null;
            } finally {
                setBusy(false);
            }
        },
    };
}
export const saved = () => toast(t('admin.saved'), 'ok');

/** The bar that appears when something was changed. @param {{dirty: boolean, busy: boolean, onSave: () => void, onDrop: () => void, ready?: boolean}} p */
export function SaveBar({ dirty, busy, onSave, onDrop, ready = true }) {
    useEffect(() => {
        if (!dirty) return undefined;
        /** @param {BeforeUnloadEvent} e */
        const ask = (e) => e.preventDefault();
        window.addEventListener('beforeunload', ask);
        return () => window.removeEventListener('beforeunload', ask);
    }, [dirty]);
    return html`
      <div class=${'save-bar ' + (dirty ? 'save-bar-on' : '')}>
        <span class="grow">${dirty ? t('admin.dirty') : t('admin.clean')}</span>
        <button type="button" class="btn" disabled=${!dirty || busy} onClick=${onDrop}>
          ${t('admin.drop')}
        </button>
        <button
            type="button" class="btn btn-primary" disabled=${!dirty || busy || !ready}
            onClick=${onSave}>
          ${t('dialog.save')}
        </button>
      </div>
    `;
}
/** @param {{label: string, checked: boolean, onInput: (v: boolean) => void, hint?: string}} p */
export const Check = ({ label, checked, onInput, hint }) =>
    html`
      <label class="check">
        <input
            type="checkbox" checked=${checked}
            onChange=${(/** @type {any} */ e) => onInput(e.target.checked)} />
        <span>${label}${hint && html`<span class="small muted check-hint">${hint}</span>`}</span>
      </label>
    `;
