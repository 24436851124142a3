export const handler = async ({ Task }) => {
  console.log(`request ${Task.requestId} of ${Task.timestamp} is verified`);
  return { ...Task, verified: true };
};
