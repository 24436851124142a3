const line = ({ source, figures, problem }) => {
  const values = problem ? `not available (${problem})` : Object.entries(figures).map(([name, value]) => `${name} ${value}`).join(", ");
  return `${source}: ${values}`;
};

export const handler = async ({ startedAt, figures }) => ({
  subject: `Report of ${startedAt.slice(0, 10)}`,
  text: `${figures.map(line).join("\n")}\n`,
});
