"""The faces: what people and other programs see. Nothing else imports them."""
