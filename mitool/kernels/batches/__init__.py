"""What is counted of batches of rows and adds up: for tables larger than memory."""
