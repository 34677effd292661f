/*
 * Sets the chosen theme before anything is painted. A module would run after the first frame, and the page's policy
 * allows no inline script. The choice is the copy that app/preferences/theme.svelte.ts keeps.
 */
(() => {
  const key = 'stride-theme';
  const cookie = document.cookie.split('; ').find((pair) => pair.startsWith(`${key}=`));
  const choice = location.protocol.startsWith('http')
    ? cookie?.slice(key.length + 1)
    : localStorage.getItem(key);
  if (choice === 'light' || choice === 'dark') document.documentElement.dataset['theme'] = choice;
})();
