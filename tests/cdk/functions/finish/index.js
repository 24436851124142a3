exports.handler = async ({ Answer }) => ({ confirmed: Answer.request });
