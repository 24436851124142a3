export const handler = async (event) => ({ ...event, worked: true });
