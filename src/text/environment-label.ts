/** Production is marked wherever it is named. */
export const environmentLabel = ({ name, production }: { name: string; production: boolean }): string =>
  production ? `${name} (production)` : name;
