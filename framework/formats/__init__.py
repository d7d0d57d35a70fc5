"""The messages of images and faces, each in the message module of its .proto file."""
