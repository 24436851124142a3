class InvalidOrder extends Error {
  name = "InvalidOrder"; // what Catch in the workflow looks for
}

const isPositive = (value) => Number.isFinite(value) && value > 0;

export const handler = async (order) => {
  if (!order.items?.length) throw new InvalidOrder(`order ${order.orderId} has no items`);
  for (const { name, price, quantity } of order.items) {
    if (!isPositive(price) || !isPositive(quantity)) throw new InvalidOrder(`item ${name} of order ${order.orderId} needs a price and a quantity`);
  }
  return {
    ...order,
    total: order.items.reduce((sum, { price, quantity }) => sum + price * quantity, 0),
    approvalLimit: Number(process.env.APPROVAL_LIMIT),
    reviewSeconds: Number(process.env.REVIEW_SECONDS),
  };
};
