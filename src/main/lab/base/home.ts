/**
 * Resolves the home folder for a host that needs it before it creates a lab: the desktop's lock is on that
 * folder.
 */
export { makeHome, resolveHome } from '../../history/home.ts';
