-- Message move tasks; record: JSON. See src/services/queues/message_moves.h.
CREATE TABLE queue_moves (move_row INTEGER PRIMARY KEY, record TEXT NOT NULL);
