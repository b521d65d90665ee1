// Sets the theme that was chosen before the page is painted, so that nothing flashes. See src/app/theme.ts.
{
  let chosen = null;
  try {
    chosen = localStorage.getItem('sluice.theme');
  } catch {
    // A browser that keeps nothing: the system's theme it is.
  }
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
}
