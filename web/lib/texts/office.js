// Texts of the office page.
/** @type {Record<string, [string, string]>} */
export default {
};
