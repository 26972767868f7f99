"""The sentences that customers and managers of the invented bakery write.

Reviews are put together from one or more sentences of a band: low (1 and 2 stars), mid (3) and high
(4 and 5). Slots in braces are filled from the branch: {item}, {an_item}, {price}, {minutes}, {staff}, {area}.
Other languages come as pairs of what the guest wrote and Google's English.
"""

ITEMS = (
    ("sourdough loaf", "8.50"), ("almond croissant", "5.25"), ("cinnamon morning bun", "4.75"),
    ("rye and caraway loaf", "9.00"), ("ham and gruyère toast", "11.50"), ("birthday cake", "46.00"),
    ("oat milk latte", "6.10"), ("bag of bagels", "18.00"), ("seeded baguette", "4.25"),
    ("lemon tart", "6.50"), ("breakfast sandwich", "9.75"), ("cardamom knot", "4.95"),
)  # fmt: skip

AUTHORS = (
    "Karen", "Dana", "Marcus", "Priya", "Ana", "Henrik", "Joel", "Tasha", "Bill", "Nguyen", "Sofía",
    "Etienne", "Greta", "Paulo", "Wendy", "Chuck", "Imani", "Leah", "Rob", "Yvette", "Hassan", "Deb",
    "Mateo", "Jürgen", "Chloé", "Ravi", "Kim", "Oleg", "Tina", "Francisco", "Maggie", "Sung-min",
)  # fmt: skip

ENGLISH = {
    "low": (
        "Waited {minutes} minutes for {an_item} that was already sitting on the counter.",
        "Called three times about my order and the number on the listing rings out.",
        "The phone number online goes to a call center that has never heard of this store.",
        "Drove across town because it said open until 6, the door was locked at 4:30.",
        "Charged twice for the same {item}, ${price} each time, and the refund still has not come after ten days.",
        "The {item} was yesterday's. You can tell, and for ${price} you should not be able to.",
        "Ordered online for 8 am, they had no record of it and shrugged.",
        "They spelled my daughter's name wrong on the cake and told me to scrape it off.",
        "Cashier argued with me about a coupon in front of the whole line.",
        "Found a piece of plastic in my {item}. Manager did not seem surprised.",
        "Restroom out of order, tables sticky, two people on the phone behind the counter.",
        "I told them about a nut allergy and still got the almond one. That is dangerous.",
        "Used to be our Saturday place. Since the summer it is slow, pricey and cold.",
        "The map sent us to an address where there is no bakery at all.",
        "No one said sorry.",
    ),
    "mid": (
        "Bread is very good, the line is not.",
        "The {item} is worth ${price}, the coffee next to it is not worth anything.",
        "Friendly people, but half the shelf is empty by eleven.",
        "Parking is tight and the lot floods when it rains.",
        "Took {minutes} minutes for one drink, though {staff} did apologize.",
        "Fine for a quick bite, a little loud to sit and talk.",
        "Prices went up again. The {item} is ${price} now.",
        "Good on weekdays. On Sundays it is chaos.",
        "They forgot the butter, then ran after me to the car with it. So, three stars.",
        "Website says gluten-free on Tuesdays, store says Thursdays.",
    ),
    "high": (
        "Best {item} in {area}, and I have tried them all.",
        "{staff} remembered our order from last week and had it ready.",
        "Still warm when I got home. Worth every cent of the ${price}.",
        "Walked in ten minutes before closing and they were as kind as at nine in the morning.",
        "The {item} tastes like the one my grandmother made.",
        "Quick, clean, and nobody rushes you out.",
        "They fixed a wrong order in two minutes and gave us {an_item} on top.",
        "My kids ask for the morning buns every Saturday now.",
        "{staff} took the time to go through every ingredient with me because of my son's allergies.",
        "Plenty of seats, good light, decent wifi.",
        "Ordered {an_item} for each desk, everything labeled and on time.",
        "A real neighborhood bakery. {area} is lucky.",
        "Get there before ten, the {item} sells out for a reason.",
        "Thank you {staff}!",
    ),
}

SHORT = {
    "low": ("Never again.", "Closed when it said open.", "Cold coffee, cold shoulder.", "😡", "Overpriced"),
    "mid": ("It's ok", "Decent bread.", "Meh", "Good but slow."),
    "high": ("Great!", "Love this place ❤️", "Delicious 👍", "Fresh and friendly.", "10/10", "So good."),
}

FOREIGN: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "es": {
        "low": (
            ("Esperé {minutes} minutos y el pan estaba duro.", "I waited {minutes} minutes and the bread was hard."),
            (
                "Me cobraron dos veces y nadie contesta el teléfono.",
                "They charged me twice and nobody answers the phone.",
            ),
            (
                "Decía abierto hasta las seis y a las cinco ya estaba cerrado.",
                "It said open until six and at five it was already closed.",
            ),
        ),
        "mid": (
            ("El pan es bueno, pero la atención es lenta.", "The bread is good, but the service is slow."),
            ("Un poco caro para lo que es.", "A little expensive for what it is."),
        ),
        "high": (
            ("El mejor pan del barrio, siempre calentito.", "The best bread in the neighborhood, always warm."),
            (
                "Muy amables, {staff} nos atendió de maravilla.",
                "Very kind, {staff} looked after us wonderfully.",
            ),
            ("Mi familia viene cada domingo.", "My family comes every Sunday."),
        ),
    },
    "fr": {
        "low": (
            (
                "Croissant rassis et vingt minutes d'attente, très déçu.",
                "Stale croissant and a twenty minute wait, very disappointed.",
            ),
            (
                "Le numéro affiché n'est pas celui du magasin.",
                "The number shown is not the store's.",
            ),
        ),
        "mid": (("Correct, sans plus. Le café est trop amer.", "Decent, nothing more. The coffee is too bitter."),),
        "high": (
            (
                "Enfin une vraie baguette aux États-Unis ! Merci à {staff}.",
                "Finally a real baguette in the United States! Thanks to {staff}.",
            ),
            ("Accueil chaleureux et viennoiseries parfaites.", "Warm welcome and perfect pastries."),
        ),
    },
    "de": {
        "low": (
            (
                "Brot vom Vortag zum vollen Preis, und keiner entschuldigt sich.",
                "Yesterday's bread at full price, and nobody apologizes.",
            ),
            (
                "Die Adresse stimmt nicht, wir standen vor einem leeren Laden.",
                "The address is wrong, we stood in front of an empty shop.",
            ),
        ),
        "mid": (("Gutes Roggenbrot, aber zu wenig Personal.", "Good rye bread, but too few staff."),),
        "high": (
            ("Fast wie zu Hause: knusprige Kruste, saftige Krume.", "Almost like at home: crisp crust, moist crumb."),
            ("Sehr nettes Team, wir kommen gerne wieder.", "Very nice team, we will gladly come again."),
        ),
    },
    "zh": {
        "low": (("等了{minutes}分钟，面包还是冷的。", "Waited {minutes} minutes and the bread was still cold."),),
        "mid": (("味道不错，就是有点贵。", "Tastes good, just a little expensive."),),
        "high": (("面包很新鲜，服务员很热情！", "The bread is very fresh and the staff are warm!"),),
    },
    "vi": {
        "low": (
            ("Gọi điện mãi không ai nghe máy.", "I kept calling and nobody picked up."),
        ),
        "mid": (("Bánh ngon nhưng phải xếp hàng lâu.", "Good pastries but a long line."),),
        "high": (("Bánh mì giòn, nhân viên dễ thương.", "Crisp bread, lovely staff."),),
    },
}  # fmt: skip

REPLIES = {
    "low": (
        (
            "{author}, I'm sorry. That is not how a morning here should go. "
            "Please ask for {manager} at {phone} and I will make it right."
        ),
        (
            "Thank you for telling us, {author}. I have talked it over with the team and would "
            "like to hear more. {manager}, store manager"
        ),
        "You are right and I apologize. We have changed how we handle early orders since your visit. {manager}",
    ),
    "mid": (
        "Thank you for the honest words, {author}. We have added a second person on Saturdays. {manager}",
        "Fair point about the line. Tuesdays before nine are the quiet hours. Hope to see you again. {manager}",
    ),
    "high": (
        "Thank you, {author}! I will pass it on to the bakers. {manager}",
        "You made our day. See you on Saturday! {manager}",
        "So glad you liked it, {author}.",
    ),
}

EDITS = {
    "low": "Update: the manager called me back and refunded the order. Going up a star for that.",
    "mid": "Edit: went again last week and it was better.",
    "high": "Update: still as good a month later.",
}
