/** Name of an environment, with a mark for production. */
export const environmentLabel = ({ name, production }: { name: string; production: boolean }): string =>
  production ? `${name} (production)` : name;
