interface Named {
  name: string;
  production: boolean;
  /** True for a name that the log knows and the config no longer has. */
  isFormer?: true;
}

/** Name of an environment, with a mark for production, or for a name that the config no longer has. */
export const environmentLabel = ({ name, production, isFormer }: Named): string =>
  isFormer ? `${name} (no longer in the config)` : production ? `${name} (production)` : name;

/** The same by name; one that is not among these is no longer in the config. */
export const labelIn = (environments: readonly Named[], name: string): string =>
  environmentLabel(
    environments.find((each) => each.name === name) ?? { name, production: false, isFormer: true },
  );
