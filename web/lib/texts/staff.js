// Texts of the staff's pages: window, floor, office, admin.
/** @type {Record<string, [string, string]>} */
export default {
};
