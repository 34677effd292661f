/** The two dialogs by which trained nets are taken away and brought in; they can be opened from every screen. */
export class ModelDialogs {
  /** The runs that are to be exported. */
  runs = $state.raw<readonly number[]>([]);
  exporting = $state(false);
  importing = $state(false);

  openExport(runs: readonly number[]): void {
    this.runs = [...runs];
    this.exporting = true;
  }

  openImport(): void {
    this.importing = true;
  }
}
