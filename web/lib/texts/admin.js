// Texts of the admin page.
/** @type {Record<string, [string, string]>} */
export default {
};
