// books-base.js -- What the pages of the books share: the address, figures that open, sums that agree.
import { html, signal } from './vendor.js';
import { t } from './texts.js';
import { session } from './api.js';
import { ROLES } from './staff.js';
import { amount, minor } from './amount.js';

/** @typedef {Record<string, string>} Address */
/** @returns {Address} */
const read = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
/** Where we are: everything shown is in the address after '#'. */
export const at = signal(read());
window.addEventListener('hashchange', () => {
    at.value = read();
});
const KEPT = ['outlet', 'date', 'currency'];
/** May this person open the books, not only an account? */
export const mayBooks = () =>
    !!session.value && ROLES.books.includes(String(session.value.role || ''));

/** The address of a view; which books it is about stays. @param {Record<string, any>} to */
export function toBooks(to) {
    const p = new URLSearchParams();
    for (const k of KEPT) if (at.value[k] && !(k in to)) p.set(k, at.value[k]);
    for (const [k, v] of Object.entries(to)) if (v !== '' && v != null) p.set(k, String(v));
    return '#' + p;
}
/** @param {Record<string, any>} to */
export const goBooks = (to) => location.assign(toBooks(to));
/** The page of an account. @param {string|number} no */
export const accountPage = (no) => '/account.html?no=' + encodeURIComponent(String(no));
/** @param {string} id */
export const transferPage = (id) => '/books.html#view=transfer&id=' + id;

/** The query of the books looked at. @param {Record<string, any>} [more] */
export function booksQuery(more = {}) {
    const p = new URLSearchParams();
    for (const k of KEPT) if (at.value[k]) p.set(k, at.value[k]);
    for (const [k, v] of Object.entries(more)) if (v !== '' && v != null) p.set(k, String(v));
    const s = String(p);
    return s ? '?' + s : '';
}

/** A figure that can be opened. @param {{of: string, href: string, label?: string, class?: string}} p */
export const Figure = ({ of, href, label, class: cls }) =>
    html`
      <a
          class=${'figure num ' + (cls || '')} href=${href}
          aria-label=${t('books.explain') + ': ' + (label ? label + ' ' : '') + amount(of)}>
        ${amount(of)}
      </a>
    `;

/** Two figures that must be equal, and whether they are. @param {{a: string, b: string}} p */
export function Agrees({ a, b }) {
    const good = minor(a) === minor(b);
    return html`
      <span class=${'badge ' + (good ? 'badge-ok' : 'badge-danger')}>
        ${good ? '✓ ' + t('books.agrees') : '✗ ' + t('books.differs')}
      </span>
    `;
}
/** Whose account it is, as a link. @param {{of: any}} p */
export const Party = ({ of }) =>
    html`
      <a href=${accountPage(of.id)}>${of.name || of.number}</a>
      <span class="small muted num"> ${of.customer ? of.number : of.subject}</span>
    `;
