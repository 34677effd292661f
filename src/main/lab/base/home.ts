/** Where a lab keeps everything, for a host that has to know before it has a lab: the desktop's lock is on that folder. */
export { makeHome, resolveHome } from '../../history/home.ts';
