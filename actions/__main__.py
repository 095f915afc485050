"""The action server: Rasa's own, which loads what the first message needs before it comes."""

from rasa_sdk import endpoint
from rasa_sdk.__main__ import main

from actions.loading import create_loading_app

if __name__ == "__main__":
    # Sanic's processes get the application by the name of the function that makes it.
    endpoint.create_app_for_serve = create_loading_app
    main()
