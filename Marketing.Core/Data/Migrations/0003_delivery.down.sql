DROP TABLE send_lanes;
DROP TABLE delivery_batches;
DROP TABLE deliveries;
