// Where a page sends somebody back to. Pure: no browser is needed to try it.

/** A page of this server, or '' for anything else: by the rules that a browser goes by, for which
 * "/\evil.example" and "/<tab>/evil.example" are other places. @param {string} text @param {string} origin */
export function ownPage(text, origin) {
    if (!text.startsWith('/')) return '';
    try {
        const u = new URL(text, origin);
        return u.origin === origin ? u.pathname + u.search + u.hash : '';
    } catch {
        return '';
    }
}
