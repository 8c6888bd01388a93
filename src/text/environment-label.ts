interface Named {
  name: string;
  production: boolean;
}

/** Name of an environment, with a mark for production. */
export const environmentLabel = ({ name, production }: Named): string =>
  production ? `${name} (production)` : name;

/** The same by name; the bare name for an environment that is no longer in the config. */
export const labelIn = (environments: readonly Named[], name: string): string =>
  environmentLabel(environments.find((each) => each.name === name) ?? { name, production: false });
