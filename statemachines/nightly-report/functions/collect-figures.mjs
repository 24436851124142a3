class SourceUnavailable extends Error {
  name = "SourceUnavailable"; // what Retry in the workflow looks for
}

// Stand-ins: a real one would ask a database or an API about the day before `startedAt`.
const sources = {
  orders: (day) => ({ count: 20 + (day % 7), total: 1250.5 + 10 * day }),
  visits: (day) => ({ count: 400 + 13 * day }),
  errors: (day) => ({ count: day % 3 }),
};

export const handler = async ({ source, startedAt }) => {
  const figures = sources[source];
  if (!figures) throw new SourceUnavailable(`there is no source '${source}'`);
  const yesterday = new Date(Date.parse(startedAt) - 24 * 3600 * 1000);
  return { source, figures: figures(yesterday.getUTCDate()) };
};
